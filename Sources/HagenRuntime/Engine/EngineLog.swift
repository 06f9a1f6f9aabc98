internal import Glibc
package import Hagen
package import Logging
internal import Synchronization

/// Makes the logger of an engine: one record a line on standard error, as `key=value`.
package enum EngineLog {
    package static let levelVariable = "HAGEN_LOG_LEVEL"

    /// - Throws: `EngineFailure` of kind `.configuration` when `HAGEN_LOG_LEVEL` is no level.
    package static func logger(
        for configuration: some EngineConfiguration, environment: [String: String]
    ) throws(EngineFailure) -> Logger {
        let engine = type(of: configuration).engine.rawValue
        let level = try level(environment)
        let style: LogfmtHandler.Style = isJournal(environment["JOURNAL_STREAM"]) ? .journal : .time
        let output = StandardErrorOutput()
        var logger = Logger(label: "hagen.\(engine)") { _ in
            LogfmtHandler(level: level, style: style) { output.write($0) }
        }
        logger[metadataKey: "engine"] = "\(engine)"
        logger[metadataKey: "topology"] = "\(configuration.topology)"
        logger[metadataKey: "host"] = "\(configuration.host)"
        return logger
    }

    /// Says on standard error why an engine does not run, a line each, also where no logger could be made.
    package static func say(_ failure: EngineFailure) {
        let prefix = isJournal(getenv("JOURNAL_STREAM").map { String(cString: $0) }) ? "<3>" : ""
        for line in failure.description.split(separator: "\n") {
            StandardErrorOutput().write("\(prefix)hagend: error: \(line)")
        }
    }

    /// Says something on standard error, where no logger is made.
    static func warn(_ problem: String) {
        let prefix = isJournal(getenv("JOURNAL_STREAM").map { String(cString: $0) }) ? "<4>" : ""
        StandardErrorOutput().write("\(prefix)hagend: warning: \(problem)")
    }

    private static func level(_ environment: [String: String]) throws(EngineFailure) -> Logger.Level {
        guard let text = environment[levelVariable], !text.isEmpty else { return .info }
        guard let level = Logger.Level(rawValue: text) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw EngineFailure("\(levelVariable) is '\(text)'; it is one of \(levels)", kind: .configuration)
        }
        return level
    }

    /// Whether standard error is the journal's own stream: a child of a unit inherits the variable even where its
    /// output goes elsewhere, so the device and inode in it are compared.
    private static func isJournal(_ stream: String?) -> Bool {
        guard let parts = stream?.split(separator: ":"), parts.count == 2 else { return false }
        var properties = stat()
        guard fstat(STDERR_FILENO, &properties) == 0 else { return false }
        return UInt64(parts[0]) == UInt64(properties.st_dev) && UInt64(parts[1]) == UInt64(properties.st_ino)
    }
}

/// Writes records to standard error without ever waiting: a reader that is stuck must not stop an engine that holds a
/// lease. What does not fit is dropped and counted.
private final class StandardErrorOutput: Sendable {
    private let dropped = Mutex(0)

    func write(_ line: String) {
        dropped.withLock { dropped in
            // A pipe that polls as writable takes a whole record: both are bounded by PIPE_BUF.
            var poller = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
            guard poll(&poller, 1, 0) == 1, poller.revents & Int16(POLLOUT) != 0 else {
                dropped += 1
                return
            }
            var line = line
            if dropped > 0 {
                line += " droppedRecords=\(dropped)"
                dropped = 0
            }
            line += "\n"
            line.withUTF8 { bytes in
                var rest = UnsafeRawBufferPointer(bytes)
                while !rest.isEmpty {
                    let count = Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { return }
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                }
            }
        }
    }
}
