/// A duration that is encoded as text: `250ms`, `1s`, `5m`, `2h`, `30d`, or a sequence of these such as `1m30s`.
///
/// Wraps `Duration` and `Duration?`. The text is exact to the nanosecond, so decoding gives the value back.
@propertyWrapper
public struct DurationText<Value: Equatable & Sendable>: Equatable, Sendable {
    /// The duration itself.
    public var wrappedValue: Value
    public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }
}

extension DurationText: Codable where Value: DurationRepresentable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil(), let none = Value(duration: nil) {
            wrappedValue = none
            return
        }
        let text = try container.decode(String.self)
        guard let duration = Self.duration(text), let value = Value(duration: duration) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not a duration such as 250ms, 1s or 5m")
        }
        wrappedValue = value
    }

    /// A negative one is wrong everywhere, but a model that says it must arrive where a rule can report it.
    private static func duration(_ text: String) -> Duration? {
        guard text.hasPrefix("-") else { return Duration(text: text) }
        return Duration(text: String(text.dropFirst())).map { .zero - $0 }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let duration = wrappedValue.duration {
            try container.encode(duration.text)
        } else {
            try container.encodeNil()
        }
    }
}

/// `Duration` and `Duration?`: what `DurationText` wraps.
public protocol DurationRepresentable {
    init?(duration: Duration?)
    /// `nil` for no duration at all.
    var duration: Duration? { get }
}

extension Duration: DurationRepresentable {
    public init?(duration: Duration?) {
        guard let duration else { return nil }
        self = duration
    }
    public var duration: Duration? { self }
}

extension Duration?: DurationRepresentable {
    public init?(duration: Duration?) { self = duration }
    public var duration: Duration? { self }
}

extension KeyedDecodingContainer {
    /// An absent key is an absent duration.
    public func decode(_ type: DurationText<Duration?>.Type, forKey key: Key) throws -> DurationText<Duration?> {
        try decodeIfPresent(type, forKey: key) ?? DurationText(wrappedValue: nil)
    }
}

extension KeyedEncodingContainer {
    /// An absent duration is an absent key.
    public mutating func encode(_ value: DurationText<Duration?>, forKey key: Key) throws {
        if let duration = value.wrappedValue { try encode(duration.text, forKey: key) }
    }
}

extension Duration {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000),
        ("ms", 1_000_000), ("us", 1_000), ("ns", 1),
    ]

    /// Whole nanoseconds; clamped to what an `Int64` holds (292 years).
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, overflowed) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflowed ? (seconds < 0 ? .min : .max) : sum
    }

    /// Seconds, as exactly as a `Double` holds them.
    package var seconds: Double { Double(nanoseconds) / 1e9 }

    /// Reads `250ms`, `1s`, `5m`, `1m30s`: whole numbers with a unit each, without spaces; `nil` for anything else,
    /// a negative one and one beyond 292 years included. `0` needs no unit.
    public init?(text: String) {
        if text == "0" { self = .zero; return }
        var rest = text.utf8[...]
        var total: Int64 = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { $0 >= 0x61 && $0 <= 0x7A }
            rest = rest.dropFirst(letters.count)
            guard let count = Int64(Substring(digits)),
                let unit = Self.units.first(where: { $0.name == Substring(letters) })
            else { return nil }
            let (part, overflow) = count.multipliedReportingOverflow(by: unit.nanoseconds)
            let (sum, overflowed) = total.addingReportingOverflow(part)
            guard !overflow, !overflowed else { return nil }
            total = sum
        }
        self = .nanoseconds(total)
    }

    /// The shortest text that reads back as this duration: `250ms`, `1m30s`, `0s`.
    public var text: String {
        var rest = nanoseconds
        guard rest > 0 else { return rest == 0 ? "0s" : "-" + (Duration.zero - self).text }
        var text = ""
        for unit in Self.units where rest >= unit.nanoseconds {
            text += "\(rest / unit.nanoseconds)\(unit.name)"
            rest %= unit.nanoseconds
        }
        return text
    }
}
