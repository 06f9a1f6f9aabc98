import Foundation
import Hagen
import HagenCompiler
import Testing

@testable import HagenRuntime

/// Goal: Grafana can import the dashboards, and every panel shows something that is measured. There is no Grafana here to
/// ask, so the tests hold the form that its documentation describes.
@Suite struct GrafanaTests {
    private struct Dashboard: Decodable {
        struct Position: Decodable { var x, y, w, h: Int }
        struct Datasource: Decodable { var type, uid: String }
        struct Target: Decodable {
            var refId, expr: String
            var datasource: Datasource
        }
        struct Panel: Decodable {
            var id: Int
            var type, title: String
            var gridPos: Position
            var targets: [Target]?
            var `repeat`: String?
        }
        struct Variable: Decodable { var name, type, query: String }
        struct Templating: Decodable { var list: [Variable] }
        var uid, title: String
        var schemaVersion: Int
        var panels: [Panel]
        var templating: Templating
    }

    private static let samples = ["shop", "single", "large", "empty"]

    private static func dashboards(_ name: String) throws -> [Dashboard] {
        var topology =
            switch name {
            case "shop": SampleTopologies.shop
            case "single": SampleTopologies.single
            default: SampleTopologies.large
            }
        if name == "empty" { (topology.clusters, topology.balancers) = ([], []) }
        let files = Emitters.files(for: Lowering.lower(topology, placement: .declared))
        return try files.filter { $0.path.hasPrefix("grafana/") }.map {
            try JSONDecoder().decode(Dashboard.self, from: Data($0.contents.utf8))
        }
    }

    @Test(arguments: samples) func formIsGrafanas(name: String) throws {
        let dashboards = try Self.dashboards(name)
        #expect(dashboards.count == 2)
        #expect(Set(dashboards.map(\.uid)).count == 2)
        for dashboard in dashboards {
            #expect(dashboard.schemaVersion == 36)
            #expect(dashboard.uid.count <= 40 && !dashboard.title.isEmpty)
            #expect(Set(dashboard.panels.map(\.id)).count == dashboard.panels.count)
            let variables = dashboard.templating.list
            #expect(variables.first?.name == "datasource" && variables.first?.type == "datasource")
            #expect(!variables.contains { $0.query.isEmpty } || name == "empty")
            for panel in dashboard.panels {
                #expect((panel.type == "row") == (panel.targets == nil), "\(panel.title)")
                #expect(panel.repeat.map { name in variables.contains { $0.name == name } } ?? true)
                let targets = panel.targets ?? []
                #expect(Set(targets.map(\.refId)).count == targets.count)
                for target in targets { #expect(target.datasource.uid == "${datasource}") }
            }
        }
    }

    /// Goal: every panel has its place to itself, inside the 24 columns.
    @Test(arguments: samples) func panelsDoNotOverlap(name: String) throws {
        for dashboard in try Self.dashboards(name) {
            var taken: [SIMD2<Int>: String] = [:]
            for panel in dashboard.panels {
                let place = panel.gridPos
                #expect(place.x >= 0 && place.y >= 0 && place.w > 0 && place.h > 0 && place.x + place.w <= 24)
                for column in place.x..<(place.x + place.w) {
                    for row in place.y..<(place.y + place.h) {
                        let other = taken.updateValue(panel.title, forKey: SIMD2(column, row))
                        #expect(other == nil, "\(panel.title) lies over \(other ?? "")")
                    }
                }
            }
        }
    }

    /// Goal: every expression is PromQL, and every series in it is one that a monitor serves.
    @Test(.enabled(if: PrometheusTests.hasPromtool, "promtool is not installed: apt-get install prometheus"))
    func expressionsAreAboutWhatIsMeasured() async throws {
        let expressions = try Self.dashboards("shop").flatMap(\.panels).flatMap { $0.targets ?? [] }.map(\.expr)
        let names = /\b(?:instance:|node_|hagen_)[a-z0-9_:A-Z]+/
        for expression in expressions {
            for match in expression.matches(of: names) {
                let metric = String(match.output)
                #expect(MetricCatalogue.description(of: metric).help != "No description.", "\(metric)")
            }
        }
        let rules = expressions.enumerated().map { index, expression in
            let chosen = expression.replacing("$__rate_interval", with: "1m").replacing("$host", with: "a1|b1")
                .replacing("$cluster", with: "api").replacing("$balancer", with: "web")
            return YAMLValue.mapping([.init("record", .text("panel_\(index)")), .init("expr", .text(chosen))])
        }
        let group = YAMLValue.mapping([.init("name", "panels"), .init("rules", .list(rules))])
        let scratch = try ScratchFolder()
        try Data(YAMLWriter.text(.mapping([.init("groups", .list([group]))])).utf8)
            .write(to: scratch.url.appending(path: "rules.yml"))
        let run = try await ProgramRun(["/usr/bin/promtool", "check", "rules", "rules.yml"], in: scratch.url)
        #expect(run.exitCode == 0 && run.output.contains("\(rules.count) rules found"), "\(run.output)\(run.errors)")
    }

    /// Goal: the dashboards name what the topology has, and nothing else.
    @Test func partsOfTheTopology() throws {
        let overview = try #require(try Self.dashboards("shop").first { $0.title == "shop: overview" })
        #expect(overview.templating.list.map(\.query) == ["prometheus", "api,ledger", "ledger-rw,old,web"])
        let empty = try #require(try Self.dashboards("empty").first { $0.title.hasSuffix(": overview") })
        #expect(empty.templating.list.map(\.name) == ["datasource"])
        #expect(!empty.panels.contains { $0.repeat != nil })
    }
}
