internal import Foundation
internal import Hagen

/// Moments in the local time of whoever reads or writes them.
enum LocalTime {
    static var now: WallTime { WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

    /// `2026-11-23 12:31:08.123`.
    static func text(_ time: WallTime) -> String {
        var seconds = time_t(time.milliseconds / 1000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        func digits(_ number: Int, _ count: Int = 2) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(count - text.count, 0)) + text
        }
        return "\(digits(Int(parts.tm_year) + 1900, 4))-\(digits(Int(parts.tm_mon) + 1))-\(digits(Int(parts.tm_mday))) "
            + "\(digits(Int(parts.tm_hour))):\(digits(Int(parts.tm_min))):\(digits(Int(parts.tm_sec)))."
            + digits(Int(time.milliseconds % 1000), 3)
    }

    /// Reads `2026-11-24T02:00` as local time, and one with `Z` or an offset as it says; `nil` for anything else.
    static func moment(_ text: String) -> WallTime? {
        if let time = WallTime(text: text) { return time }
        guard let time = WallTime(text: text + "Z") else { return nil }
        // What the text names, taken for UTC, then set into local time.
        var seconds = time_t(time.milliseconds / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        parts.tm_isdst = -1
        let local = mktime(&parts)
        return local == -1 ? nil : WallTime(milliseconds: Int64(local) * 1000 + time.milliseconds % 1000)
    }
}
