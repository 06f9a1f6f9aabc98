import Foundation
import Hagen
import HagenCompiler
import Testing

/// Goal: the report is one page that stands by itself, says what the compiler knows, and holds no text that is not meant.
struct ReportTests {
    /// Goal: the page changes only when somebody means it to.
    @Test func matchesTheSnapshot() throws {
        try Snapshot.expect(Self.page(Self.promising), matches: "Emitters/report/shop.html")
    }

    /// Goal: nothing is fetched, and nothing runs: no address, no script, no style or picture from elsewhere.
    @Test func standsByItself() {
        for topology in [Self.promising, SampleTopologies.large] {
            let page = Self.page(topology).replacing("http://www.w3.org/2000/svg", with: "")
            for word in [
                "<script", "<link", "<img", "<iframe", "@import", "url(", "src=", "href=", "http://", "https://",
            ] {
                // The heads of the arrows are parts of the drawing itself.
                let found = page.replacing("url(#", with: "").contains(word)
                #expect(!found, "\(word)")
            }
            #expect(page.hasPrefix("<!DOCTYPE html>"))
            #expect(page.contains("prefers-color-scheme: dark") && page.contains("@media print"))
        }
    }

    /// Goal: tags are closed in order, so that a browser shows what was written.
    @Test func isWellFormed() {
        for page in [Self.page(Self.promising), Self.page(Self.hostile), Self.page(nil, [Self.error])] {
            #expect(Self.unclosed(page) == [])
        }
        #expect(Self.unclosed("<p><b></p>") == ["b", "p"])
    }

    /// Goal: a name never becomes markup, wherever it stands: hosts, zones, clusters, balancers, objectives, findings.
    @Test func namesStayText() {
        let finding = Diagnostic(
            DiagnosticCode(107), .warning, Self.evil, at: SourceSpan(file: Self.evil, line: 1, column: 1),
            label: Self.evil, notes: [Self.evil], help: [Self.evil])
        let page = Self.page(Self.hostile, [finding])
        #expect(!page.contains("<b onclick") && !page.contains("</style><") && !page.contains("\u{202E}"))
        #expect(!page.contains("\0") && !page.contains("\u{07}"))
        #expect(page.contains("&lt;b onclick"))
    }

    /// Goal: an engine that is missing takes nothing from the page; any other error leaves the findings alone.
    @Test func missingEnginesAreExplained() throws {
        var topology = Self.promising
        topology.monitoring.receivers.append(Model.Receiver(name: "mail", channel: .email(to: "oncall@example.com")))
        let found = Compiler.check(Topology(model: topology, sources: SourceMap()), placement: .declared)
        #expect(found.contains { $0.code == DiagnosticCode(100) })
        let page = Self.page(topology, found)
        #expect(page.contains("<svg") && page.contains("What each loss does"))
        let broken = Self.page(topology, [Self.error])
        #expect(!broken.contains("<svg") && !broken.contains("What each loss does") && broken.contains("HG0101"))
        #expect(Self.page(nil, [Self.error]).contains("HG0101"))
    }

    /// Goal: what each loss does is said of hosts, of zones of several hosts, and of the store, with the worst time.
    @Test func lossesAreSaid() throws {
        var topology = Self.promising
        topology.hosts[2].zone = "eu-1b"
        topology.coordination = .etcd(hosts: ["a1", "b1", "c1"])
        topology.balancers[0].virtualIPs = [Model.VirtualIP(address: "127.0.0.80", interface: "lo")]
        let page = Self.page(topology)
        for text in [
            "zone eu-1b", "with b1, c1", "host a1", "The store goes on with 2 of 3 members.",
            "The store has 1 of 3 members left and needs 2",
            "ledger: where its member was active, a1 takes over within 1s",
            "its virtual IP 127.0.0.80 moves to b1 within 1s", "goes on while all its members answer each other",
            "api has 1 of 3 members left, fewer than the 2 that it needs, until the zone is back.",
        ] {
            #expect(page.contains(text), "\(text)")
        }
    }

    /// Goal: a missed objective is a fact only by the team's own figures of hosts and zones.
    @Test func partlyDeclaredIsInDoubt() {
        let missed = ">missed<"
        var topology = Self.promising
        #expect(Self.page(topology).contains(missed))
        topology.assumptions?.zone = nil
        let page = Self.page(topology)
        #expect(!page.contains(missed) && page.contains(">in doubt<"))
        #expect(page.contains("does not declare how often both its hosts and its zones fail"))
    }

    /// Goal: a recovery time is not held where nobody takes over, however long it is.
    @Test func recoveryNeedsSomebody() throws {
        var topology = Self.promising
        topology.objectives = [Model.Objective(name: "quick", cluster: "ledger", recoveryTime: .seconds(3600))]
        #expect(Self.page(topology).contains(">holds<"))
        let index = try #require(topology.clusters.firstIndex { $0.name == "ledger" })
        topology.clusters[index].members.removeLast(topology.clusters[index].members.count - 1)
        let page = Self.page(topology)
        #expect(!page.contains(">holds<") && page.contains(">nobody takes over<"))
    }

    // MARK: Samples

    private static let evil = "<b onclick=\"x()\">&'</style></title>\u{202E}\0\u{07}"
    private static let error = Diagnostic(DiagnosticCode(101), .error, "two hosts are called 'a1'", at: nil)

    /// With objectives, of which one is missed.
    private static var promising: Model.Topology {
        var topology = SampleTopologies.shop
        topology.objectives = [
            Model.Objective(
                name: "api-availability", cluster: "api", availability: Ratio(percent: 99.9),
                window: .seconds(2_592_000)),
            Model.Objective(
                name: "ledger-availability", cluster: "ledger", availability: Ratio(percent: 99.99),
                recoveryTime: .seconds(5)),
        ]
        topology.assumptions = Model.Assumptions(
            host: Model.Failures(
                meanTimeBetweenFailures: .seconds(180 * 86_400), meanTimeToRepair: .seconds(3600)),
            zone: Model.Failures(
                meanTimeBetweenFailures: .seconds(1000 * 86_400), meanTimeToRepair: .seconds(6 * 3600)))
        return topology
    }

    private static var hostile: Model.Topology {
        var topology = promising
        topology.name = evil
        for index in topology.hosts.indices { topology.hosts[index].zone = evil }
        for index in topology.clusters.indices {
            let old = topology.clusters[index].name
            topology.clusters[index].name = evil + old
            for number in topology.balancers.indices where topology.balancers[number].target.cluster == old {
                topology.balancers[number].target.cluster = evil + old
            }
            for number in topology.objectives.indices where topology.objectives[number].cluster == old {
                topology.objectives[number].cluster = evil + old
            }
        }
        for index in topology.balancers.indices { topology.balancers[index].name = evil + "\(index)" }
        for index in topology.objectives.indices { topology.objectives[index].name = evil }
        return topology
    }

    private static func page(_ topology: Model.Topology?, _ diagnostics: [Diagnostic] = []) -> String {
        ReportEmitter.page(topology, placement: .declared, diagnostics: diagnostics)
    }

    /// Tags that are open at the end, or were closed out of order.
    private static func unclosed(_ page: String) -> [String] {
        let void: Set = ["meta", "br", "rect", "path", "circle"]
        var open: [String] = []
        for match in page.matches(of: /<(\/?)([a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*?)?(\/?)>/) {
            let name = String(match.output.2)
            if match.output.1.isEmpty {
                if match.output.3.isEmpty, !void.contains(name) { open.append(name) }
            } else if open.last == name {
                open.removeLast()
            } else {
                return [open.last ?? "", name]
            }
        }
        return open
    }
}
