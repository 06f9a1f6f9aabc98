internal import Hagen

/// The forms of text as regular expressions, for editors. They are of the dialect that ECMA 262 and Python share, whole
/// lines from `^` to `$`, and accept what `TextForm.accepts` accepts, but for what only arithmetic can tell: a duration
/// beyond 292 years, an amount of data beyond 64 bits.
extension TextForm {
    /// `nil` for a form that any text has.
    var pattern: String? {
        switch self {
        case .any, .argument: nil
        case .name: "^\(Self.namePattern)$"
        case .hostName: "^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?$"
        case .address: "^(?:\(Self.ipv4)|\(Self.ipv6))$"
        case .addressWithPrefix:
            "^(?:\(Self.ipv4)(?:/(?:[12]?[0-9]|3[0-2]))?|\(Self.ipv6)(?:/(?:[1-9]?[0-9]|1[01][0-9]|12[0-8]))?)$"
        case .endpoint, .listenAddress:
            "^(?:\(self == .endpoint ? "" : "\(Self.port)|")\(Self.ipv4):\(Self.port)|\\[\(Self.ipv6)\\]:\(Self.port))$"
        case .target: "^\(Self.namePattern)(?:\\.(?:\(Self.roles)))?$"
        case .duration: "^(?=.*[1-9])\(Self.durationPattern)$"
        case .durationOrZero: "^(?:0|\(Self.durationPattern))$"
        case .size: "^[0-9]+(?:B|[kMGT]B|[KMGT]iB)$"
        case .ratio: "^(?:0*100(?:\\.0*)?|0*[0-9]{1,2}(?:\\.[0-9]*)?|\\.[0-9]+)%$"
        case .timeOfDay: "^(?:[01][0-9]|2[0-3]):[0-5][0-9]$"
        case .path: "^/[!-~]*$"
        case .sourcePath: "^(?![/~])(?=.{1,1024}$)(?:[^:\\\\\\x00-\\x1f\\x7f]*/)?[^/:\\\\\\x00-\\x1f\\x7f]+\\.ya?ml$"
        case .service: "^(?=.{1,200}$)[A-Za-z0-9](?:[A-Za-z0-9:@_-]*|[A-Za-z0-9.:@_-]*\\.service)$"
        case .resourceAgent: "^ocf:\(Self.namePattern):\(Self.namePattern)$"
        case .fenceAgent: "^(?=.{1,63}$)fence_[A-Za-z0-9_-]*$"
        case .interface: "^(?!\\.\\.?$)[!-.0-9;-~]{1,15}$"
        }
    }

    /// The numbers that have the form when they are written without quotes; `nil` where no number has.
    var numbers: (type: String, range: ClosedRange<Int>?)? {
        switch self {
        case .any, .argument: ("number", nil)
        case .hostName: ("number", 0...Int.max)
        case .name, .target, .service, .interface: ("integer", 0...Int.max)
        case .listenAddress: ("integer", ListenAddress.ports)
        case .durationOrZero: ("integer", 0...0)
        case .address, .addressWithPrefix, .endpoint, .duration, .size, .ratio, .timeOfDay, .path, .sourcePath,
            .resourceAgent, .fenceAgent:
            nil
        }
    }

    private static let namePattern = "[A-Za-z0-9][A-Za-z0-9_-]{0,62}"
    private static let durationPattern = "(?:[0-9]+(?:d|h|ms|m|us|ns|s))+"
    private static let roles = Model.Target.Role.allCases.map(\.rawValue).joined(separator: "|")
    private static let port =
        "(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
    private static let byte = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
    private static let ipv4 = "\(byte)(?:\\.\(byte)){3}"

    /// The grammar of RFC 3986, section 3.2.2: with up to `before` groups, a gap, and `after` units of 16 bits, of which
    /// the last two can be written as an IPv4 address.
    private static let ipv6: String = {
        let group = "[0-9A-Fa-f]{1,4}"
        let tail = "(?:\(group):\(group)|\(ipv4))"
        var forms = ["(?:\(group):){6}\(tail)"]
        for before in 0...7 {
            let start = before == 0 ? "" : "(?:\(group)(?::\(group)){0,\(before - 1)})?"
            let after = 7 - before
            let end =
                switch after {
                case 0: ""
                case 1: group
                case 2: tail
                default: "(?:\(group):){\(after - 2)}\(tail)"
                }
            forms.append("\(start)::\(end)")
        }
        return "(?:\(forms.joined(separator: "|")))"
    }()
}
