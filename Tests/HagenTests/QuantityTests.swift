import Foundation
import Testing

@testable import Hagen

/// Durations, amounts and shares read and print one text each, and what is none of them reads as nothing.
@Suite struct QuantityTests {
    @Test(arguments: [
        ("0s", Duration.zero, "0s"), ("0", .zero, "0s"), ("250ms", .milliseconds(250), "250ms"),
        ("1s", .seconds(1), "1s"),
        ("90s", .seconds(90), "1m30s"), ("1m30s", .seconds(90), "1m30s"), ("5m", .minutes(5), "5m"),
        ("2h", .hours(2), "2h"), ("30d", .days(30), "30d"), ("1500us", .microseconds(1500), "1ms500us"),
        ("7ns", .nanoseconds(7), "7ns"), ("1d1ns", .days(1) + .nanoseconds(1), "1d1ns"),
    ])
    func durations(text: String, duration: Duration, canonical: String) {
        #expect(Duration(text: text) == duration)
        #expect(duration.text == canonical)
        #expect(Duration(text: canonical) == duration)
    }

    @Test(arguments: [
        "", "1", "s", "1.5s", "-1s", "1 s", "1S", "1w", "1sm", "١s", "9223372036854775808ns", "106752d", "0x1s",
    ])
    func notDurations(text: String) {
        #expect(Duration(text: text) == nil)
    }

    /// An unsaid duration is an absent key; a wrong one is refused with the text in the message.
    @Test func encodedDurations() throws {
        let alert = Model.Alert(name: "a", expression: "up", hold: .milliseconds(1500))
        let text = String(decoding: try JSONEncoder().encode(alert), as: UTF8.self)
        #expect(text.contains(#""hold":"1s500ms""#))
        #expect(!text.contains("keepFiring"))
        #expect(try JSONDecoder().decode(Model.Alert.self, from: Data(text.utf8)) == alert)
        let wrong = text.replacingOccurrences(of: "1s500ms", with: "soon")
        #expect { try JSONDecoder().decode(Model.Alert.self, from: Data(wrong.utf8)) } throws: {
            "\($0)".contains("'soon' is not a duration such as 250ms, 1s or 5m")
        }
    }

    @Test(arguments: [
        ("0B", Int64(0), "0B"), ("16MiB", 16 << 20, "16MiB"), ("10GB", 10_000_000_000, "10GB"), ("1024B", 1024, "1KiB"),
        ("1500kB", 1_500_000, "1500kB"), ("3TiB", 3 << 40, "3TiB"), ("7B", 7, "7B"),
    ])
    func byteCounts(text: String, bytes: Int64, canonical: String) {
        #expect(ByteCount(text: text)?.bytes == bytes)
        #expect(ByteCount(bytes: bytes).text == canonical)
        #expect(ByteCount(text: canonical)?.bytes == bytes)
    }

    @Test(arguments: [
        "", "1", "MiB", "1.5GB", "-1B", "1 MiB", "1mib", "9223372036854775807TiB", "99999999999999999999B",
    ])
    func notByteCounts(text: String) {
        #expect(ByteCount(text: text) == nil)
    }

    @Test(arguments: [
        ("99.99%", 0.9999, "99.99%"), ("99.9%", 0.999, "99.9%"), ("85%", 0.85, "85%"), ("0%", 0, "0%"),
        ("100%", 1, "100%"),
        ("99.99999%", 0.9999999, "99.99999%"), ("0.1%", 0.001, "0.1%"),
    ])
    func ratios(text: String, fraction: Double, canonical: String) {
        #expect(Ratio(text: text)?.fraction == fraction)
        #expect(Ratio(fraction: fraction).text == canonical)
    }

    @Test(arguments: ["", "%", "99.99", "-1%", "101%", "1e2%", "nan%", "0x1p0%", "99,9%", "1.2.3%", " 5%"])
    func notRatios(text: String) {
        #expect(Ratio(text: text) == nil)
    }
}
