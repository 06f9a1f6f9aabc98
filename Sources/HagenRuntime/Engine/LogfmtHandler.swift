// Beside Glibc: in a release build the fields of `timespec` belong to whichever of the two is read first.
internal import CLinux
internal import Glibc
package import Logging

/// Renders log records as `key=value` pairs (logfmt), values in quotes where they hold more than plain characters.
package struct LogfmtHandler: LogHandler {
    package enum Style: Sendable {
        /// For the journal: a level prefix (`sd-daemon(3)`) and no time, which the journal has.
        case journal
        /// With the time in UTC.
        case time
    }
    /// With the line's end and a count of dropped records, below `PIPE_BUF`, so that a record is never split.
    static let maximumByteCount = 4000

    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level
    private let style: Style
    private let write: @Sendable (String) -> Void

    package init(level: Logger.Level, style: Style, write: @escaping @Sendable (String) -> Void) {
        logLevel = level
        self.style = style
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var pairs = metadata
        if let provided = metadataProvider?.get() { pairs.merge(provided) { $1 } }
        if let own = event.metadata { pairs.merge(own) { $1 } }
        if let error = event.error { pairs["error"] = "\(error)" }
        var line: String
        switch style {
        case .journal: line = "<\(event.level.journalPriority)>"
        case .time: line = "time=\(Self.time()) "
        }
        line += "level=\(event.level.rawValue) message=\(Self.quoted(event.message.description))"
        for (key, value) in pairs.sorted(by: { $0.key < $1.key }) {
            line += " \(Self.key(key))=\(Self.quoted(value.description))"
        }
        write(Self.bounded(line))
    }

    static func quoted(_ value: String) -> String {
        let isPlain =
            !value.isEmpty
            && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
        if isPlain { return value }
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    private static func key(_ key: String) -> String {
        String(key.map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "_" })
    }

    private static func bounded(_ line: String) -> String {
        guard line.utf8.count > maximumByteCount else { return line }
        var end = line.utf8.index(line.startIndex, offsetBy: maximumByteCount)
        while !line.unicodeScalars.indices.contains(end) { end = line.utf8.index(before: end) }
        return line[..<end] + "…"
    }

    /// `2025-01-31T23:59:59.123Z`
    private static func time() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        gmtime_r(&now.tv_sec, &parts)
        func padded(_ number: Int32, _ count: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, count - digits.count)) + digits
        }
        let date = [parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday].map { padded($0, 2) }
        let time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded($0, 2) }
        return date.joined(separator: "-") + "T" + time.joined(separator: ":") + "."
            + padded(Int32(now.tv_nsec / 1_000_000), 3) + "Z"
    }
}

extension Logger.Level {
    /// The level as syslog numbers it.
    fileprivate var journalPriority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
