internal import Hagen

/// What is wrong with a scalar that does not fit its shape.
struct ScalarFault {
    enum Kind: Equatable {
        case wrongType
        case unknownWord
        case outOfRange(ClosedRange<Int>)
        case unusableName
        /// A key that says something by being `true` was given as `false`.
        case pointless
    }

    var kind: Kind
    /// How the value could be written, as YAML.
    var suggestion: String?

    init(_ kind: Kind, suggestion: String? = nil) {
        self.kind = kind
        self.suggestion = suggestion
    }

    /// `nil` where the scalar fits.
    init?(of scalar: YAMLScalar, against shape: ValueShape) {
        switch shape {
        case .text(let form): self.init(of: scalar, as: form)
        case .integer(let range): self.init(of: scalar, in: range)
        case .boolean, .flag:
            switch scalar.meaning {
            case .boolean(let value):
                guard shape == .flag, !value else { return nil }
                self.init(.pointless)
            case .text: self.init(.wrongType, suggestion: Self.truth(scalar.text, shape))
            default: self.init(.wrongType)
            }
        case .word(let words):
            guard scalar.meaning == .text else {
                self.init(.wrongType)
                return
            }
            guard !words.contains(scalar.text) else { return nil }
            self.init(.unknownWord, suggestion: Spelling.nearest(to: scalar.text, among: words))
        default: return nil
        }
    }

    private init?(of scalar: YAMLScalar, as form: TextForm) {
        switch scalar.meaning {
        case .null: self.init(.wrongType)
        case .boolean: self.init(.wrongType, suggestion: form == .any || form == .argument ? "\"\(scalar.text)\"" : nil)
        case .integer, .number, .text:
            if form.accepts(scalar.text) { return nil }
            let port = form == .listenAddress ? Int(scalar.text) : nil
            let isOutOfRange = port.map { !ListenAddress.ports.contains($0) } ?? false
            let kind: Kind =
                switch form {
                case .name, .hostName: scalar.text.isEmpty ? .wrongType : .unusableName
                case .listenAddress where isOutOfRange: .outOfRange(ListenAddress.ports)
                default: .wrongType
                }
            self.init(kind, suggestion: isOutOfRange ? nil : port.map(String.init) ?? form.suggestion(for: scalar.text))
        }
    }

    private init?(of scalar: YAMLScalar, in range: ClosedRange<Int>) {
        switch scalar.meaning {
        case .integer(let value):
            guard value.map(range.contains) != true else { return nil }
            self.init(.outOfRange(range))
        case .number(let value):
            let whole = Int(exactly: value).flatMap { range.contains($0) ? String($0) : nil }
            self.init(.wrongType, suggestion: whole)
        case .text:
            self.init(.wrongType, suggestion: Int(scalar.text).flatMap { range.contains($0) ? String($0) : nil })
        case .null, .boolean: self.init(.wrongType)
        }
    }

    private static func truth(_ text: String, _ shape: ValueShape) -> String? {
        switch text.lowercased() {
        case "yes", "on", "y", "true": "true"
        case "no", "off", "n", "false": shape == .flag ? nil : "false"
        default: nil
        }
    }
}
