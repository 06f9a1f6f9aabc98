/// A value that is encoded as its text, its description, and read from it.
package protocol CodedAsText: Codable, CustomStringConvertible {
    /// `nil` for a text that is none of its.
    init?(text: String)

    /// What a message says of such a text, after it: `is not an IP address`.
    static var refusal: String { get }
}

extension CodedAsText {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(text: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' \(Self.refusal)")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
