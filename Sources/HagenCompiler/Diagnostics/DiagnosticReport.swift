internal import FoundationEssentials

/// What one run found: the interchange form that every renderer starts from.
package struct DiagnosticReport: Codable, Equatable, Sendable {
    /// Grows whenever the JSON form changes its meaning.
    package static let schemaVersion = 1

    package var schemaVersion: Int
    /// In the order of every output.
    package var diagnostics: [Diagnostic]

    package init(_ diagnostics: [Diagnostic]) {
        schemaVersion = Self.schemaVersion
        self.diagnostics = diagnostics.ordered
    }

    /// The JSON form, with sorted keys and a line's end after it: the same bytes for the same findings.
    package func json() throws -> String { try Self.text(of: self) }

    package init(json: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
    }

    static func text(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }
}
