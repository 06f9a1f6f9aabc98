/// An SVG drawing, written so that text stays text: every attribute and every text is escaped.
struct SVGDocument: Equatable, Sendable {
    /// Whole pixels keep the drawing's text the same on every machine.
    struct Point: Equatable, Sendable {
        var x, y: Int
    }

    struct Box: Equatable, Sendable {
        var x, y, width, height: Int
        var middle: Int { x + width / 2 }
        var bottom: Int { y + height }
        var right: Int { x + width }
    }

    enum Weight: String, Sendable { case normal, bold }

    let width, height: Int
    let title: String
    private var body: [String] = []

    init(width: Int, height: Int, title: String) {
        self.width = width
        self.height = height
        self.title = title
    }

    mutating func rectangle(_ box: Box, fill: String, stroke: String, radius: Int = 6, dashed: Bool = false) {
        body.append(
            element(
                "rect",
                [
                    ("x", "\(box.x)"), ("y", "\(box.y)"), ("width", "\(box.width)"), ("height", "\(box.height)"),
                    ("rx", "\(radius)"), ("fill", fill), ("stroke", stroke),
                ] + (dashed ? [("stroke-dasharray", "4 3")] : [])))
    }

    mutating func circle(_ middle: Point, radius: Int, fill: String) {
        body.append(
            element("circle", [("cx", "\(middle.x)"), ("cy", "\(middle.y)"), ("r", "\(radius)"), ("fill", fill)]))
    }

    /// - Parameter limit: the pixels that it may take: longer text is cut with an ellipsis and shown whole as a tooltip.
    mutating func text(
        _ text: String, at point: Point, size: Int = 12, weight: Weight = .normal, fill: String = "#1f2933", limit: Int
    ) {
        let fitting = Self.fitting(text, size: size, weight: weight, limit: limit)
        let tooltip = fitting == text ? "" : "<title>\(Self.escaped(text))</title>"
        body.append(
            "<text x=\"\(point.x)\" y=\"\(point.y)\" font-size=\"\(size)\" font-weight=\"\(weight.rawValue)\""
                + " fill=\"\(Self.escaped(fill))\">\(Self.escaped(fitting))\(tooltip)</text>")
    }

    /// A line that leaves downwards and arrives downwards.
    mutating func arrow(from start: Point, to end: Point, stroke: String, marker: String) {
        let middle = (start.y + end.y) / 2
        body.append(
            element(
                "path",
                [
                    ("d", "M\(start.x) \(start.y) C\(start.x) \(middle) \(end.x) \(middle) \(end.x) \(end.y)"),
                    ("fill", "none"), ("stroke", stroke), ("stroke-width", "1.5"), ("marker-end", "url(#\(marker))"),
                ]))
    }

    /// The head of arrows of one colour.
    mutating func marker(_ name: String, fill: String) {
        body.append(
            "<marker id=\"\(Self.escaped(name))\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">"
                + element("path", [("d", "M0 0 L8 4 L0 8 z"), ("fill", fill)]) + "</marker>")
    }

    func text() -> String {
        let head =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\""
            + " viewBox=\"0 0 \(width) \(height)\" font-family=\"Helvetica, Arial, sans-serif\" role=\"img\">"
        let background = element("rect", [("width", "\(width)"), ("height", "\(height)"), ("fill", "#ffffff")])
        return
            (["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", head, "<title>\(Self.escaped(title))</title>", background]
            + body + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    private func element(_ name: String, _ attributes: [(String, String)]) -> String {
        "<" + ([name] + attributes.map { "\($0)=\"\(Self.escaped($1))\"" }).joined(separator: " ") + "/>"
    }

    /// The width is estimated from above: fonts differ from machine to machine.
    static func fitting(_ text: String, size: Int, weight: Weight, limit: Int) -> String {
        let thousandthsOfSize = weight == .bold ? 640 : 580
        let count = max(limit * 1000 / (size * thousandthsOfSize), 1)
        return text.count <= count ? text : text.prefix(count - 1) + "…"
    }

    /// Also drops what XML cannot hold at all, such as NUL.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\t", "\n", "\r": escaped += " "
            case _ where scalar.value < 0x20 || scalar.value & 0xFFFE == 0xFFFE: continue
            // They would turn around the text after them.
            case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": continue
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
