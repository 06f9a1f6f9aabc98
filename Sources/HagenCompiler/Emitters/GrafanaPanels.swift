/// Puts panels on a dashboard from left to right and from above, so that none lies over another.
struct GrafanaPanels: Equatable, Sendable {
    static let columns = 24

    private(set) var panels: [GrafanaDashboard.Panel] = []
    private var x = 0
    private var y = 0
    /// Of the panels in the line that is being filled.
    private var height = 0

    /// A series and what its line is called.
    typealias Query = (expression: String, legend: String)

    /// - Parameter variable: the row is there once for each chosen value of it.
    mutating func row(_ title: String, forEach variable: String? = nil) {
        endLine()
        add(width: Self.columns, height: 1) { id, position in
            .init(id: id, type: .row, title: title, gridPos: position, repeat: variable, collapsed: false)
        }
        endLine()
    }

    /// One number. Green below `bad`, or, where more is better, from `good` on.
    mutating func number(
        _ title: String, _ expression: String, description: String, width: Int = 4,
        steps: [GrafanaDashboard.FieldConfiguration.Thresholds.Step]
    ) {
        add(width: width, height: 4) { id, position in
            .init(
                id: id, type: .stat, title: title, description: description, gridPos: position,
                targets: Self.targets([(expression, "")]), datasource: .init(),
                fieldConfig: .init(
                    defaults: .init(
                        unit: "none", decimals: 0, noValue: "no data", thresholds: .init(steps: steps),
                        color: .init(mode: "thresholds"))),
                options: .init(colorMode: "background", reduceOptions: .init()))
        }
    }

    /// Lines over time.
    mutating func lines(
        _ title: String, _ queries: [Query], unit: String, description: String? = nil, width: Int = 12,
        maximum: Double? = nil
    ) {
        add(width: width, height: 8) { id, position in
            .init(
                id: id, type: .timeseries, title: title, description: description, gridPos: position,
                targets: Self.targets(queries), datasource: .init(),
                fieldConfig: .init(
                    defaults: .init(unit: unit, min: 0, max: maximum, color: .init(mode: "palette-classic"))),
                options: .init(legend: .init(), tooltip: .init()))
        }
    }

    /// A bar for each series, of what it was when.
    mutating func states(
        _ title: String, _ queries: [Query], on: String, off: String, offColour: String,
        description: String? = nil, width: Int = 12
    ) {
        add(width: width, height: 8) { id, position in
            .init(
                id: id, type: .stateTimeline, title: title, description: description, gridPos: position,
                targets: Self.targets(queries), datasource: .init(),
                fieldConfig: .init(
                    defaults: .init(
                        unit: "none",
                        mappings: [
                            .init(options: [
                                "0": .init(text: off, color: offColour, index: 0),
                                "1": .init(text: on, color: "green", index: 1),
                            ])
                        ], color: .init(mode: "fixed"))),
                options: .init(legend: .init(showLegend: false), tooltip: .init(), showValue: "auto", mergeValues: true)
            )
        }
    }

    private mutating func endLine() {
        y += height
        (x, height) = (0, 0)
    }

    private mutating func add(
        width: Int, height: Int,
        _ panel: (_ id: Int, _ position: GrafanaDashboard.Position) -> GrafanaDashboard.Panel
    ) {
        precondition(width <= Self.columns, "a panel of \(width) columns is wider than a dashboard")
        if x + width > Self.columns { endLine() }
        panels.append(panel(panels.count + 1, .init(x: x, y: y, w: width, h: height)))
        x += width
        self.height = max(self.height, height)
    }

    private static func targets(_ queries: [Query]) -> [GrafanaDashboard.Target] {
        queries.enumerated().map { index, query in
            .init(
                refId: String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index))), expr: query.expression,
                legendFormat: query.legend)
        }
    }
}
