package import Hagen
internal import HagenTemplates
internal import Mustache

/// What a topology can be expected to do, as one page of HTML that needs nothing else: no script, no other file.
///
/// It comes from the model, so it is there also where an engine is missing. Where a rule finds another error the figures
/// would mean nothing, and the page holds the findings alone.
package enum ReportEmitter {
    /// - Parameter diagnostics: everything that was found, in the order of every output.
    package static func page(
        _ topology: Model.Topology?, placement: Placement, diagnostics: [Diagnostic]
    ) -> String {
        do {
            let template = try MustacheTemplate(string: Templates.report)
            return visible(template.render(ReportPage(topology, placement: placement, diagnostics: diagnostics)))
        } catch {
            preconditionFailure("the template of the report cannot be read: \(error)")
        }
    }

    /// Without what HTML cannot hold at all, such as NUL, and what would turn the text around on the page.
    static func visible(_ text: String) -> String {
        var visible = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A: visible.append(scalar)
            case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: continue
            case _ where scalar.value & 0xFFFE == 0xFFFE: continue
            default: visible.append(scalar)
            }
        }
        return String(visible)
    }
}

/// What the template names, in its order. Every text is escaped by the template, save the graph, which escapes its own.
struct ReportPage {
    struct Loss {
        var title, place: String
        var effects: [Effect]
    }
    struct Effect {
        var chip, chipClass, sentence: String
    }
    struct Finding {
        var severity, chipClass, code, message: String
        var place: String?
        var details: [String]
    }

    let name, summary, verdict, verdictClass: String
    private(set) var objectives: [Objective] = []
    private(set) var clusters: [Cluster] = []
    private(set) var graph: String?
    private(set) var losses: [Loss] = []
    private(set) var unlisted: String?
    private(set) var times: [ReadmePage.Time] = []
    private(set) var assumed = ""
    private(set) var assumptions: [FailureAssumptions.Line] = []
    let findings: [Finding]
    private(set) var hasObjectives = false
    private(set) var hasClusters = false
    private(set) var hasLosses = false
    private(set) var hasTimes = false
    private(set) var hasAssumptions = false

    /// More hosts than anybody reads about one by one.
    private static let listedHosts = 200
    /// More parts than a picture shows.
    private static let drawnParts = 200

    init(_ topology: Model.Topology?, placement: Placement, diagnostics: [Diagnostic]) {
        findings = diagnostics.map(Self.finding)
        let errors = diagnostics.count { $0.severity == .error }
        let warnings = diagnostics.count - errors
        (verdict, verdictClass) =
            errors > 0
            ? ("\(ReadmePage.count(errors, "error")), \(ReadmePage.count(warnings, "warning"))", "bad")
            : warnings > 0 ? (ReadmePage.count(warnings, "warning"), "warn") : ("no findings", "good")
        name = topology?.name ?? "Topology"
        if let topology, Self.isExplained(diagnostics) {
            let overview = TopologyOverview(topology, placement: placement)
            summary = Self.summary(overview)
            if overview.hosts.count + overview.clusters.count + overview.balancers.count <= Self.drawnParts {
                graph = Self.inline(GraphEmitter.svg(overview))
            }
            explain(overview)
            judge(topology)
        } else {
            summary = "What is expected of it can be said when the errors below are mended."
        }
        hasObjectives = !objectives.isEmpty
        hasClusters = !clusters.isEmpty
        hasLosses = !losses.isEmpty
        hasTimes = !times.isEmpty
        hasAssumptions = !assumptions.isEmpty
    }

    /// An engine that is missing makes no figure wrong, and an objective that is missed is what the page is for.
    private static func isExplained(_ diagnostics: [Diagnostic]) -> Bool {
        diagnostics.allSatisfy { $0.severity != .error || DiagnosticCode.explainable.contains($0.code) }
    }

    private static func summary(_ overview: TopologyOverview) -> String {
        [
            ReadmePage.count(overview.hosts.count, "host"),
            ReadmePage.count(Set(overview.hosts.map(\.zone)).count, "zone"),
            ReadmePage.count(overview.clusters.count, "cluster"),
            ReadmePage.count(overview.balancers.count, "balancer"),
        ].joined(separator: ", ")
    }

    /// Part of a page, not a file.
    private static func inline(_ drawing: String) -> String {
        drawing.split(separator: "\n").drop { $0.hasPrefix("<?xml") }.map(String.init)
            .joined(separator: "\n")
    }

    // MARK: Losses

    private mutating func explain(_ overview: TopologyOverview) {
        let zones = Dictionary(grouping: overview.hosts, by: \.zone)
        for (zone, hosts) in zones.sorted(by: { $0.key < $1.key }) where hosts.count > 1 {
            losses.append(
                loss(.zone(zone), "zone \(zone)", "with \(Self.list(hosts.map(\.name)))", overview))
        }
        for host in overview.hosts.prefix(Self.listedHosts) {
            let isAlone = zones[host.zone]?.count == 1
            losses.append(
                loss(
                    .host(host.name), "host \(host.name)",
                    isAlone ? "and with it zone \(host.zone)" : "in zone \(host.zone)", overview))
        }
        if overview.hosts.count > Self.listedHosts {
            unlisted = "and \(ReadmePage.count(overview.hosts.count - Self.listedHosts, "more host"))"
        }
        if overview.needsStore {
            let place =
                overview.storeIsDistributed
                ? "with \(overview.storeCount - storeQuorum(of: overview.storeCount) + 1) of its \(overview.storeCount) members"
                : ""
            losses.append(loss(.store, "the store", place, overview))
        }
        times = overview.clusters.flatMap { ReadmePage.times($0, overview) } + ReadmePage.addressTimes(overview)
    }

    private func loss(
        _ loss: LossEffect.Loss, _ title: String, _ place: String, _ overview: TopologyOverview
    ) -> Loss {
        let effects = LossEffect.all(ofLosing: loss, overview).map { effect in
            let (chip, chipClass) = Self.chip(effect.outcome)
            return Effect(chip: chip, chipClass: chipClass, sentence: effect.sentence)
        }
        return Loss(
            title: title, place: place,
            effects: effects.isEmpty
                ? [Effect(chip: "no effect", chipClass: "good", sentence: "Nothing runs on it.")] : effects)
    }

    private static func chip(_ outcome: LossEffect.Outcome) -> (String, String) {
        switch outcome {
        case .goesOn: ("goes on", "good")
        case .interrupted(let time, let startIsUnknown):
            ("back within \(time.text)\(startIsUnknown ? " + start" : "")", "warn")
        case .degraded: ("less than promised", "bad")
        case .down: ("down", "bad")
        }
    }

    private static func list(_ names: [String]) -> String {
        names.count > 8
            ? "\(names.prefix(8).joined(separator: ", ")) and \(names.count - 8) more" : names.joined(separator: ", ")
    }

    // MARK: Availability

    private mutating func judge(_ topology: Model.Topology) {
        let model = AvailabilityModel(topology)
        let named = Dictionary(topology.clusters.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        objectives = topology.objectives.compactMap { objective in
            named[objective.cluster].flatMap { Objective(objective, $0, model) }
        }
        clusters = topology.clusters.sorted { $0.name < $1.name }.prefix(Self.listedHosts).compactMap {
            Cluster($0, model)
        }
        guard !clusters.isEmpty else { return }
        assumed =
            model.assumptions.areDeclared
            ? "The topology declares how often its hosts and zones fail; what it leaves open has a default."
            : "The topology does not declare how often both its hosts and its zones fail. What it leaves open has a "
                + "default: orders of magnitude for ordinary servers in "
                + "rented data centres."
        assumptions = model.assumptions.lines
    }

    // MARK: Findings

    private static func finding(_ diagnostic: Diagnostic) -> Finding {
        let place = diagnostic.primary.map { label in
            "\(label.span.file):\(label.span.start.line):\(label.span.start.column)"
        }
        let label = diagnostic.primary?.text ?? ""
        let details =
            (label.isEmpty ? [] : [label]) + diagnostic.secondary.map(\.text).filter { !$0.isEmpty } + diagnostic.notes
            + diagnostic.help.map { "What to do: \($0)" }
        return Finding(
            severity: diagnostic.severity.rawValue, chipClass: diagnostic.severity == .error ? "bad" : "warn",
            code: diagnostic.code.description, message: diagnostic.message, place: place,
            details: details)
    }
}

extension DiagnosticCode {
    /// Errors that leave a topology whose parts all mean something: an engine that is missing, objectives that are missed.
    static let explainable: Set<DiagnosticCode> = [
        EngineMissing().code, AlertNotEvaluated().code, ObjectiveMissed().code, RecoveryTimeTooShort().code,
    ]
}
