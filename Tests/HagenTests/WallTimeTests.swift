import Foundation
import Testing

@testable import Hagen

/// Goal: moments of the wall clock are written and read as RFC 3339 has them, over months, leap years and offsets.
@Suite struct WallTimeTests {
    @Test func everyMomentReadsBack() throws {
        var random = SystemRandomNumberGenerator()
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        for _ in 0..<2000 {
            let time = WallTime(milliseconds: .random(in: 0...4_102_444_800_000, using: &random))
            let date = try #require(formatter.date(from: time.description), "\(time)")
            #expect(Int64((date.timeIntervalSince1970 * 1000).rounded()) == time.milliseconds, "\(time)")
            #expect(WallTime(text: time.description) == time)
        }
    }

    @Test(arguments: [
        ("2024-02-29T12:31Z", 1_709_209_860_000), ("2024-02-29T12:31:08Z", 1_709_209_868_000),
        ("2024-02-29T12:31:08.5Z", 1_709_209_868_500), ("2024-02-29T13:31:08.1234+01:00", 1_709_209_868_123),
        ("2024-02-29T07:01:08-05:30", 1_709_209_868_000),
    ])
    func shorterFormsAreRead(text: String, milliseconds: Int64) {
        #expect(WallTime(text: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2024-02-29", "2023-02-29T12:00Z", "2024-13-01T12:00Z", "2024-01-01T24:00Z", "2024-01-01T12:00",
        "2024-01-01T12:00Zulu", "2024-01-01T12:00:00.Z", "2024-01-01 12:00Z", "1969-12-31T23:59Z",
    ])
    func whatIsNoMomentIsNone(text: String) { #expect(WallTime(text: text) == nil) }
}
