/// A dashboard in Grafana's JSON, schema version 36 (Grafana 9), with the parts of it that ours use.
///
/// Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/.
struct GrafanaDashboard: Encodable, Equatable, Sendable {
    var uid: String
    var title: String
    var description: String
    var tags: [String]
    var panels: [Panel]
    var templating: Templating
    var schemaVersion: Int = 36
    var version: Int = 1
    var editable: Bool = true
    var refresh: String = "10s"
    var timezone: String = "browser"
    var time: TimeRange = .init()
    /// 1: the crosshair of one panel shows in all.
    var graphTooltip: Int = 1

    struct TimeRange: Encodable, Equatable, Sendable {
        var from: String = "now-1h"
        var to: String = "now"
    }

    struct Templating: Encodable, Equatable, Sendable {
        var list: [Variable]
    }

    struct Variable: Encodable, Equatable, Sendable {
        struct Choice: Encodable, Equatable, Sendable {
            var text: [String]
            var value: [String]
        }
        var name: String
        var label: String
        var type: String
        var query: String
        var multi: Bool = false
        var includeAll: Bool = false
        var current: Choice?

        /// The Prometheus that the person who looks chooses.
        static var datasource: Variable {
            Variable(name: "datasource", label: "Prometheus", type: "datasource", query: "prometheus")
        }

        /// Some of the names, or all.
        static func names(_ name: String, label: String, _ names: [String]) -> Variable {
            Variable(
                name: name, label: label, type: "custom",
                query: names.map { $0.replacing("\\", with: "\\\\").replacing(",", with: "\\,") }.joined(
                    separator: ","),
                multi: true, includeAll: true, current: .init(text: ["All"], value: ["$__all"]))
        }
    }

    struct Datasource: Encodable, Equatable, Sendable {
        var type: String = "prometheus"
        var uid: String = "${datasource}"
    }

    /// In columns of the 24 that a dashboard is wide, and rows of 30 pixels.
    struct Position: Encodable, Equatable, Sendable {
        var x, y, w, h: Int
    }

    struct Target: Encodable, Equatable, Sendable {
        var refId: String
        var expr: String
        var legendFormat: String
        var datasource: Datasource = .init()
    }

    struct Panel: Encodable, Equatable, Sendable {
        enum Kind: String, Encodable, Equatable, Sendable {
            case row, stat, timeseries
            case stateTimeline = "state-timeline"
        }
        var id: Int
        var type: Kind
        var title: String
        var description: String?
        var gridPos: Position
        var targets: [Target]?
        var datasource: Datasource?
        var fieldConfig: FieldConfiguration?
        var options: Options?
        /// Of a row: the variable for each value of which it is there once.
        var `repeat`: String?
        var collapsed: Bool?
    }

    struct FieldConfiguration: Encodable, Equatable, Sendable {
        var defaults: Defaults
        var overrides: [String] = []

        struct Defaults: Encodable, Equatable, Sendable {
            /// Grafana's id of a unit, such as `percentunit`.
            var unit: String
            var min: Double?
            var max: Double?
            var decimals: Int?
            var noValue: String?
            var thresholds: Thresholds?
            var mappings: [Mapping] = []
            var color: Colour?
        }
        struct Colour: Encodable, Equatable, Sendable {
            var mode: String
        }
        struct Thresholds: Encodable, Equatable, Sendable {
            struct Step: Encodable, Equatable, Sendable {
                var color: String
                /// `nil`: from below.
                var value: Double?

                enum CodingKeys: CodingKey { case color, value }

                func encode(to encoder: any Encoder) throws {
                    var container = encoder.container(keyedBy: CodingKeys.self)
                    try container.encode(color, forKey: .color)
                    // Grafana wants the lowest step to say that it has no value.
                    try container.encode(value, forKey: .value)
                }
            }
            var mode: String = "absolute"
            var steps: [Step]
        }
        /// What a value is shown as.
        struct Mapping: Encodable, Equatable, Sendable {
            struct Result: Encodable, Equatable, Sendable {
                var text: String
                var color: String
                var index: Int
            }
            var type: String = "value"
            var options: [String: Result]
        }
    }

    struct Options: Encodable, Equatable, Sendable {
        struct Reduction: Encodable, Equatable, Sendable {
            var calcs: [String] = ["lastNotNull"]
        }
        struct Legend: Encodable, Equatable, Sendable {
            var showLegend: Bool = true
            var displayMode: String = "list"
            var placement: String = "bottom"
        }
        struct Tooltip: Encodable, Equatable, Sendable {
            var mode: String = "multi"
        }
        var colorMode: String?
        var reduceOptions: Reduction?
        var legend: Legend?
        var tooltip: Tooltip?
        var showValue: String?
        var mergeValues: Bool?
    }
}
