// Beside Glibc: in a release build the fields of `tm` belong to whichever of the two is read first.
internal import CLinux
internal import Glibc
internal import Hagen

extension Model.MaintenanceWindow {
    /// When the window is open next, or now, by the local time of this host.
    ///
    /// - Returns: `nil` where its text cannot be understood; a rule of the compiler refuses such a one.
    func opening(at time: WallTime) -> (from: WallTime, until: WallTime)? {
        let parts = start.split(separator: ":").compactMap { Int32($0) }
        guard parts.count == 2, (0..<24).contains(parts[0]), (0..<60).contains(parts[1]), duration > .zero else {
            return nil
        }
        let names = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
        let open = Set(days.compactMap { names.firstIndex(of: $0) })
        guard open.count == Set(days).count else { return nil }
        var seconds = time_t(time.milliseconds / 1000)
        var today = tm()
        guard localtime_r(&seconds, &today) != nil else { return nil }
        let longest = Int32(min(duration.nanoseconds / 86_400_000_000_000 + 1, 8))
        for offset in -longest...8 {
            var opening = today
            // `mktime` carries what is beyond the month over, and finds out about summer time by itself.
            opening.tm_mday += offset
            (opening.tm_hour, opening.tm_min, opening.tm_sec, opening.tm_isdst) = (parts[0], parts[1], 0, -1)
            let moment = mktime(&opening)
            guard moment != -1, open.isEmpty || open.contains(Int(opening.tm_wday)) else { continue }
            let from = WallTime(milliseconds: Int64(moment) * 1000)
            if time < from + duration { return (max(from, time), from + duration) }
        }
        return nil
    }
}
