internal import Hagen

/// What stands in a fence agent's parameter for a fact of the host that it ends: `{host}`, `{address}` or `{label.NAME}`.
enum FencePlaceholder: Equatable {
    case host
    case address
    case label(String)
    /// Looks like one, and stands for nothing.
    case unknown(String)

    var text: String {
        switch self {
        case .host: "{host}"
        case .address: "{address}"
        case .label(let name): "{label.\(name)}"
        case .unknown(let name): "{\(name)}"
        }
    }

    /// In their order. Braces around anything but a word are text.
    static func all(in value: String) -> [FencePlaceholder] {
        var found: [FencePlaceholder] = []
        var rest = value[...]
        while let start = rest.firstIndex(of: "{") {
            let inner = rest[rest.index(after: start)...]
            guard let end = inner.firstIndex(where: { $0 == "}" || $0 == "{" }), inner[end] == "}" else {
                rest = inner
                continue
            }
            let name = inner[..<end]
            if name == "host" {
                found.append(.host)
            } else if name == "address" {
                found.append(.address)
            } else if name.hasPrefix("label.") {
                found.append(.label(String(name.dropFirst("label.".count))))
            } else if !CredentialText.isReference("{\(name)}"), isWord(name) {
                found.append(.unknown(String(name)))
            }
            rest = inner[inner.index(after: end)...]
        }
        return found
    }

    private static func isWord(_ name: Substring) -> Bool {
        name.first?.isLetter ?? false
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-:".contains($0)) }
    }
}
