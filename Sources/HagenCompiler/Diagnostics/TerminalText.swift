/// Text of a terminal with styles, which are left out unless colour was asked for.
struct TerminalText {
    enum Style: String {
        case plain = ""
        case bold = "1"
        case error = "1;31"
        case warning = "1;33"
        case gutter = "1;34"
        case fix = "32"
    }

    let isColoured: Bool
    private(set) var text = ""

    init(isColoured: Bool) { self.isColoured = isColoured }

    mutating func add(_ piece: String, _ style: Style = .plain) {
        guard isColoured, style != .plain, !piece.isEmpty else {
            text += piece
            return
        }
        text += "\u{1B}[\(style.rawValue)m\(piece)\u{1B}[0m"
    }

    /// Ends the line; spaces at its end are left out where there is no colour.
    mutating func endLine() {
        while text.last == " " { text.removeLast() }
        text += "\n"
    }
}
