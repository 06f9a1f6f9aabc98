import Foundation
import Hagen
import Testing

@testable import HagenRuntime

/// Goal: the next opening of a maintenance window is found by the host's local time, over midnight and weekdays too.
@Suite struct MaintenanceCalendarTests {
    /// The wall clock of this host shows that on that day, whatever its time zone is.
    private func local(_ day: Int32, _ hour: Int32, _ minute: Int32) -> WallTime {
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (126, 10, day)
        (parts.tm_hour, parts.tm_min, parts.tm_isdst) = (hour, minute, -1)
        return WallTime(milliseconds: Int64(mktime(&parts)) * 1000)
    }

    @Test func theNextOpeningIsFound() throws {
        // The 24th of November 2026 is a Tuesday.
        let window = Model.MaintenanceWindow(
            days: ["tuesday", "saturday"], start: "23:00", duration: .seconds(2 * 3600))
        let before = try #require(window.opening(at: local(24, 12, 0)))
        #expect(before.from == local(24, 23, 0) && before.until == local(25, 1, 0))
        let within = try #require(window.opening(at: local(25, 0, 30)))
        #expect(within.from == local(25, 0, 30) && within.until == local(25, 1, 0))
        let after = try #require(window.opening(at: local(25, 1, 0)))
        #expect(after.from == local(28, 23, 0))
        let daily = Model.MaintenanceWindow(days: [], start: "02:00", duration: .seconds(3600))
        #expect(daily.opening(at: local(24, 3, 0))?.from == local(25, 2, 0))
    }

    @Test func whatIsNoWindowNeverOpens() {
        for start in ["25:00", "noon", "12"] {
            #expect(Model.MaintenanceWindow(start: start, duration: .seconds(60)).opening(at: .now) == nil)
        }
        #expect(
            Model.MaintenanceWindow(days: ["someday"], start: "12:00", duration: .seconds(60)).opening(at: .now) == nil)
    }
}
