internal import FoundationEssentials
internal import HagenEngine

extension LeaseRecord {
    /// `nil` where the text is no record of a lease.
    init?(json: String) {
        guard let record = try? JSONDecoder().decode(Self.self, from: Data(json.utf8)) else { return nil }
        self = record
    }

    /// - Throws: never for a record that this program made.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
