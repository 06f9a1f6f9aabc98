/// A text that may name credentials: each `{credential.NAME}` in it stands for a value that only the host has.
package enum CredentialText {
    package enum Part: Equatable, Sendable {
        case text(String)
        case credential(String)
    }
    private static let opening = "{credential."

    /// Whether the text is nothing but the name of a credential.
    package static func isReference(_ text: String) -> Bool {
        let parts = parts(of: text)
        guard parts.count == 1, case .credential = parts[0] else { return false }
        return true
    }

    /// An opening without its end is text.
    package static func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var rest = text[...]
        while let start = rest.firstRange(of: opening), let end = rest[start.upperBound...].firstIndex(of: "}") {
            if rest.startIndex < start.lowerBound { parts.append(.text(String(rest[..<start.lowerBound]))) }
            parts.append(.credential(String(rest[start.upperBound..<end])))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        return parts
    }
}
