import Foundation

/// When the members of the quickstart's counter were active, as they wrote it down themselves.
struct ActivityLog {
    /// One life of one member.
    struct Interval: CustomStringConvertible {
        var member: String
        var epoch: UInt64
        var process: Int32
        /// Nanoseconds of a clock that all processes of the machine share.
        var first: UInt64
        var last: UInt64

        var description: String {
            "\(member) epoch \(epoch) process \(process): \((last - first) / 1_000_000) ms from \(first) to \(last)"
        }
    }

    /// Sorted by their beginning.
    let intervals: [Interval]

    init(folder: String) throws {
        var found: [String: Interval] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".log") {
            let member = String(name.dropLast(4))
            for line in try String(contentsOfFile: folder + "/" + name, encoding: .utf8).split(separator: "\n") {
                let fields = line.split(separator: " ")
                guard fields.count == 3, let time = UInt64(fields[0]), let epoch = UInt64(fields[1]),
                    let process = Int32(fields[2])
                else { throw CocoaError(.fileReadCorruptFile) }
                let start = Interval(member: member, epoch: epoch, process: process, first: time, last: time)
                found["\(member) \(epoch) \(process)", default: start].last = max(time, start.last)
            }
        }
        intervals = found.values.sorted { ($0.first, $0.member) < ($1.first, $1.member) }
    }

    /// Lives that began before one that began earlier had ended, or with an epoch that does not exceed its.
    var violations: [String] {
        intervals.indices.flatMap { later in
            intervals[..<later].filter {
                intervals[later].first <= $0.last || intervals[later].epoch <= $0.epoch
            }.map { "\(intervals[later]) against \($0)" }
        }
    }
}
