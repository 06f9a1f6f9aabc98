internal import Hagen

/// A picture of one life as SVG: a lane for the clients, one for each host, one for the store; what each was, in colours,
/// and when the faults were.
package struct Timeline: Sendable {
    private let recording: Recording
    private let title: String
    private let start: VirtualTime
    private let end: VirtualTime

    private static let width = 1280
    private static let left = 150
    private static let right = 60
    private static let top = 92
    private static let laneHeight = 34
    private static let laneGap = 14

    /// - Parameters:
    ///   - start: the moment at the picture's left edge; the clocks below count from `zero`.
    ///   - zero: the moment that the axis calls 0.
    package init(_ recording: Recording, title: String, from start: VirtualTime, to end: VirtualTime, zero: VirtualTime)
    {
        self.recording = recording
        self.title = title
        self.start = start
        self.end = max(end, start + Span.millisecond)
        self.zero = zero
    }
    private let zero: VirtualTime

    package var svg: String {
        let lanes = recording.hostNames.count + 2
        let bottom = Self.top + lanes * (Self.laneHeight + Self.laneGap)
        let height = bottom + 96
        var parts = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(Self.width)\" height=\"\(height)\" viewBox=\"0 0 \(Self.width) \(height)\" font-family=\"system-ui, 'DejaVu Sans', sans-serif\">",
            "<title>\(escaped(title))</title>",
            "<rect width=\"\(Self.width)\" height=\"\(height)\" fill=\"#ffffff\"/>",
            text(title, x: 20, y: 32, size: 18, weight: "bold"),
        ]
        parts += axis(from: Self.top - 8, to: bottom)
        parts += lane(0, "clients", recording.service.map { ($0.start, $0.phase ? served : unserved, "") })
        for (index, name) in recording.hostNames.enumerated() {
            let spans = recording.hosts[index].map { span in
                (span.start, style(of: span.phase), span.epoch > 0 ? "epoch \(span.epoch)" : "")
            }
            parts += lane(index + 1, name, spans)
        }
        parts += lane(lanes - 1, "store", storeSpans)
        parts += faults(bottom: bottom)
        parts += legend(at: bottom + 44)
        return (parts + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    // MARK: lanes

    private struct Style: Equatable {
        var colour: String
        var name: String
        var textColour = "#1f2933"
    }

    private let served = Style(colour: "#2f9e44", name: "clients served", textColour: "#ffffff")
    private let unserved = Style(colour: "#e03131", name: "clients not served", textColour: "#ffffff")
    private let available = Style(colour: "#a5d8ff", name: "store available")
    private let unavailable = Style(colour: "#f08c00", name: "store without a majority")

    private func style(of phase: Recording.HostPhase) -> Style {
        switch phase {
        case .down: Style(colour: "#343a40", name: "down")
        case .frozen: Style(colour: "#748ffc", name: "frozen")
        case .withoutMember: Style(colour: "#f8f9fa", name: "store only")
        case .withoutAgent: Style(colour: "#adb5bd", name: "no agent")
        case .starting: Style(colour: "#d0bfff", name: "starting")
        case .watching: Style(colour: "#e9ecef", name: "standby")
        case .securing: Style(colour: "#ffec99", name: "has the lease")
        case .active: Style(colour: "#8ce99a", name: "active, not serving")
        case .serving: Style(colour: "#2b8a3e", name: "active, serving", textColour: "#ffffff")
        case .clearing: Style(colour: "#ffa8a8", name: "stops its workload")
        case .releasing: Style(colour: "#ffd8a8", name: "releases the lease")
        case .holding: Style(colour: "#c92a2a", name: "holds still")
        }
    }

    /// The leader's host is written where it leads.
    private var storeSpans: [(VirtualTime, Style, String)] {
        let moments = Set(recording.store.map(\.start) + recording.leader.map(\.start)).sorted()
        return moments.map { moment in
            let phase = recording.store.last { $0.start <= moment }?.phase ?? .available
            let leader = recording.leader.last { $0.start <= moment }?.phase
            let label = leader.map { "leader on \(recording.hostNames[$0])" } ?? ""
            return (moment, phase == .available ? available : unavailable, phase == .available ? label : "")
        }
    }

    private func lane(_ number: Int, _ name: String, _ spans: [(VirtualTime, Style, String)]) -> [String] {
        let y = laneTop(number)
        var parts = [text(name, x: 20, y: y + 22, size: 14, weight: "bold")]
        for (index, span) in spans.enumerated() {
            let (from, to) = (max(span.0, start), min(index + 1 < spans.count ? spans[index + 1].0 : end, end))
            guard from < to else { continue }
            let (x, width) = (position(from), max(position(to) - position(from), 1))
            parts.append(
                "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(Self.laneHeight)\" fill=\"\(span.1.colour)\"><title>\(escaped(span.1.name)), \(escaped(Duration(virtual: to - from).text))</title></rect>"
            )
            if !span.2.isEmpty, width > span.2.count * 8 + 12 {
                parts.append(text(span.2, x: x + 8, y: y + 22, size: 12, colour: span.1.textColour))
            }
        }
        return parts
    }

    // MARK: axis, faults, legend

    private func axis(from top: Int, to bottom: Int) -> [String] {
        let steps: [VirtualTime] = [100, 200, 250, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000].map {
            $0 * Span.millisecond
        }
        let step = steps.first { (end - start) / $0 <= 16 } ?? 60 * Span.second
        var parts: [String] = []
        var moment = zero - (zero - start) / step * step
        while moment <= end {
            let x = position(moment)
            parts.append(
                "<line x1=\"\(x)\" y1=\"\(top)\" x2=\"\(x)\" y2=\"\(bottom)\" stroke=\"#dee2e6\" stroke-width=\"1\"/>")
            let label = moment == zero ? "0" : (moment > zero ? "+" : "−") + Duration(virtual: abs(moment - zero)).text
            parts.append(text(label, x: x, y: bottom + 14, size: 11, colour: "#495057", anchor: "middle"))
            moment += step
        }
        return parts
    }

    private func faults(bottom: Int) -> [String] {
        recording.plan.faults.enumerated().flatMap { index, fault -> [String] in
            guard fault.start <= end, fault.end >= start else { return [] }
            let (from, to) = (position(max(fault.start, start)), position(min(fault.end, end)))
            let victim = recording.victims[index]
            let top = victim.map { laneTop($0 + 1) - 4 } ?? Self.top - 8
            let height = victim == nil ? bottom - Self.top + 8 : Self.laneHeight + 8
            let label = fault.kind.rawValue + (victim.map { ": \(recording.hostNames[$0])" } ?? "")
            let isRight = from > Self.width * 3 / 4
            return [
                "<rect x=\"\(from)\" y=\"\(top)\" width=\"\(max(to - from, 2))\" height=\"\(height)\" fill=\"none\" stroke=\"#c2255c\" stroke-width=\"2\" stroke-dasharray=\"6 3\" rx=\"4\"/>",
                "<line x1=\"\(from)\" y1=\"\(Self.top - 18)\" x2=\"\(from)\" y2=\"\(bottom)\" stroke=\"#c2255c\" stroke-width=\"1.5\"/>",
                text(
                    label, x: from, y: Self.top - 24 - index % 2 * 14, size: 12, weight: "bold", colour: "#c2255c",
                    anchor: isRight ? "end" : "start"),
            ]
        }
    }

    private func legend(at y: Int) -> [String] {
        var styles: [Style] = []
        for style in [served, unserved] where !styles.contains(style) { styles.append(style) }
        for phase in Recording.HostPhase.allCases
        where recording.hosts.contains(where: { isShown($0, phase) }) { styles.append(style(of: phase)) }
        styles.append(available)
        if recording.store.contains(where: { $0.phase == .unavailable }) { styles.append(unavailable) }
        var parts: [String] = []
        var (x, line) = (20, y)
        for style in styles {
            let width = 30 + style.name.count * 8
            if x + width > Self.width - 20 { (x, line) = (20, line + 24) }
            parts.append(
                "<rect x=\"\(x)\" y=\"\(line - 11)\" width=\"14\" height=\"14\" rx=\"2\" fill=\"\(style.colour)\" stroke=\"#ced4da\"/>"
            )
            parts.append(text(style.name, x: x + 20, y: line, size: 12))
            x += width + 12
        }
        return parts
    }

    private func isShown(_ spans: [Recording.Span<Recording.HostPhase>], _ phase: Recording.HostPhase) -> Bool {
        spans.enumerated().contains { index, span in
            span.phase == phase && span.start < end && (index + 1 < spans.count ? spans[index + 1].start : end) > start
        }
    }

    // MARK: drawing

    private func laneTop(_ number: Int) -> Int { Self.top + number * (Self.laneHeight + Self.laneGap) }

    private func position(_ moment: VirtualTime) -> Int {
        let width = VirtualTime(Self.width - Self.left - Self.right)
        return Self.left + Int((moment - start) / Span.microsecond * width / ((end - start) / Span.microsecond))
    }

    private func text(
        _ text: String, x: Int, y: Int, size: Int, weight: String = "normal", colour: String = "#1f2933",
        anchor: String = "start"
    ) -> String {
        "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(size)\" font-weight=\"\(weight)\" fill=\"\(colour)\" text-anchor=\"\(anchor)\">\(escaped(text))</text>"
    }

    private func escaped(_ text: String) -> String {
        text.flatMap { character -> [Character] in
            switch character {
            case "&": Array("&amp;")
            case "<": Array("&lt;")
            case ">": Array("&gt;")
            case "\"": Array("&quot;")
            default: [character]
            }
        }.map(String.init).joined()
    }
}
