/// A moment of the wall clock in whole milliseconds since the beginning of 1970, UTC. It is for people, their schedules
/// and their logs; nothing about a lease depends on it.
package struct WallTime: Comparable, Hashable, Sendable, CustomStringConvertible {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

    package static func + (time: Self, duration: Duration) -> Self {
        let (sum, overflow) = time.milliseconds.addingReportingOverflow(duration.nanoseconds / 1_000_000)
        return Self(milliseconds: overflow ? .max : sum)
    }

    package static func - (later: Self, earlier: Self) -> Duration {
        .milliseconds(later.milliseconds) - .milliseconds(earlier.milliseconds)
    }

    /// As in RFC 3339, in UTC: `2026-11-23T12:31:08.123Z`.
    package var description: String {
        let (day, milliseconds) = milliseconds.dividedDown(by: Self.millisecondsOfDay)
        let (year, month, dayOfMonth) = Self.date(ofDay: day)
        func digits(_ number: Int64, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(count - text.count, 0)) + text
        }
        return "\(digits(year, 4))-\(digits(month, 2))-\(digits(dayOfMonth, 2))T"
            + "\(digits(milliseconds / 3_600_000, 2)):\(digits(milliseconds / 60_000 % 60, 2)):"
            + "\(digits(milliseconds / 1000 % 60, 2)).\(digits(milliseconds % 1000, 3))Z"
    }

    /// Reads a moment as in RFC 3339, with seconds and their fraction left out where there are none:
    /// `2026-11-23T12:31Z`, `2026-11-23T12:31:08.5+01:00`.
    package init?(text: String) {
        var rest = text.utf8[...]
        func number(_ count: Int, after separator: Character? = nil) -> Int64? {
            if let separator {
                guard rest.first == separator.asciiValue else { return nil }
                rest = rest.dropFirst()
            }
            let digits = rest.prefix(count)
            guard digits.count == count, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
            rest = rest.dropFirst(count)
            return Int64(Substring(digits))
        }
        guard let year = number(4), let month = number(2, after: "-"), let day = number(2, after: "-"),
            let hour = number(2, after: "T"), let minute = number(2, after: ":"), year >= 1970,
            (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year), hour < 24, minute < 60
        else { return nil }
        var moment = Self.day(year, month, day) * Self.millisecondsOfDay + hour * 3_600_000 + minute * 60_000
        if rest.first == UInt8(ascii: ":") {
            guard let seconds = number(2, after: ":"), seconds < 60 else { return nil }
            moment += seconds * 1000
            if rest.first == UInt8(ascii: ".") {
                let fraction = rest.dropFirst().prefix { $0 >= 0x30 && $0 <= 0x39 }
                guard !fraction.isEmpty else { return nil }
                rest = rest.dropFirst(fraction.count + 1)
                let thousandths = Array(fraction.prefix(3)).map { Int64($0) - 0x30 }
                moment += zip(thousandths, [100, 10, 1]).map { $0 * $1 }.reduce(0, +)
            }
        }
        if rest.first != UInt8(ascii: "Z") {
            guard let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
            rest = rest.dropFirst()
            guard let hours = number(2), let minutes = number(2, after: ":"), hours < 24, minutes < 60, rest.isEmpty
            else { return nil }
            moment -= (sign == UInt8(ascii: "+") ? 1 : -1) * (hours * 3_600_000 + minutes * 60_000)
        } else if rest.count > 1 {
            return nil
        }
        milliseconds = moment
    }

    private static let millisecondsOfDay: Int64 = 86_400_000

    private static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days before the year since the first day of year 1 of the Gregorian calendar.
    private static func days(beforeYear year: Int64) -> Int64 {
        let past = year - 1
        return past * 365 + past / 4 - past / 100 + past / 400
    }

    /// Days since the first of January 1970.
    private static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        days(beforeYear: year) - days(beforeYear: 1970)
            + (1..<month).map { days(inMonth: $0, of: year) }.reduce(0, +) + day - 1
    }

    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // A first guess that is never too late: no year is longer. Some steps lead from it to the year.
        var year = 1970 + day.dividedDown(by: 366).quotient
        while day >= Self.day(year + 1, 1, 1) { year += 1 }
        var rest = day - Self.day(year, 1, 1)
        var month: Int64 = 1
        while rest >= days(inMonth: month, of: year) {
            rest -= days(inMonth: month, of: year)
            month += 1
        }
        return (year, month, rest + 1)
    }
}

extension WallTime: CodedAsText {
    package static var refusal: String { "is no moment" }
}

extension Int64 {
    /// The remainder is never negative.
    fileprivate func dividedDown(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
