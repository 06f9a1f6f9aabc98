internal import Foundation

/// One of the standard streams, and what may be written to it.
struct Terminal: Sendable {
    static let output = Terminal(descriptor: STDOUT_FILENO)
    static let error = Terminal(descriptor: STDERR_FILENO)

    let descriptor: Int32
    /// A person looks at it: what is live may be redrawn.
    let isInteractive: Bool
    /// Interactive, and nobody asked for no colour (https://no-color.org).
    let isColoured: Bool

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        let environment = ProcessInfo.processInfo.environment
        isInteractive = isatty(descriptor) == 1 && environment["TERM"] != "dumb"
        isColoured = isInteractive && (environment["NO_COLOR"] ?? "").isEmpty
    }

    /// Terminal columns; 120 where there is no terminal.
    var width: Int { size.map { Int($0.ws_col) } ?? 120 }
    /// Terminal lines; 40 where there is no terminal.
    var height: Int { size.map { Int($0.ws_row) } ?? 40 }

    private var size: winsize? {
        var size = winsize()
        guard isInteractive, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return nil
        }
        return size
    }

    /// Writes all of it at once; a reader that went away is no concern of a command that only reports.
    func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    func line(_ text: String = "") { write(text + "\n") }

    enum Style: String, Sendable {
        case bold = "1"
        case faint = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
    }

    func styled(_ text: String, _ style: Style) -> String {
        isColoured ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}
