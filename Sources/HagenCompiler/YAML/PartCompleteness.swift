internal import Hagen

/// Says which keys a part lacks, and which do not go together.
struct PartCompleteness {
    let table: PartTable
    let entries: [YAMLEntry]
    /// Whether what is missing may have been meant by a key that was refused, so that nothing is said of it.
    let isIncomplete: Bool
    let subject: Subject
    let head: SourceSpan
    let files: FileNames

    /// - Parameter meant: Keys that are there under another name, which has been reported.
    func check(_ meant: [String], _ findings: inout Findings) {
        let missing = table.keys.filter { key in
            key.presence == .required && !meant.contains(key.name) && !entries.contains { $0.key == key.name }
        }
        if !missing.isEmpty, !isIncomplete { report(missing, &findings) }
        if !table.exactlyOne.isEmpty { checkAlternatives(table.exactlyOne, meant, isOneNeeded: true, &findings) }
        if !table.atMostOne.isEmpty { checkAlternatives(table.atMostOne, meant, isOneNeeded: false, &findings) }
    }

    private func report(_ missing: [Key], _ findings: inout Findings) {
        for key in missing { findings.flaws.miss(key.name, of: table.noun) }
        let names = Wording.list(missing.map { "'\($0.name)'" })
        findings.add(
            .missingKey, "\(subject) lacks \(names)", at: head, label: "needs \(names)",
            notes: missing.map { "\($0.name): \($0.description)" },
            help: missing.filter { !$0.example.isEmpty }.map { "for example: \($0.name): \($0.example)" })
    }

    private func checkAlternatives(
        _ names: [String], _ meant: [String], isOneNeeded: Bool, _ findings: inout Findings
    ) {
        let given = entries.filter { names.contains($0.key) }
        if given.count > 1 {
            findings.add(
                .alternatives, "\(subject) has \(Wording.list(given.map { "'\($0.key)'" })), and takes one of them",
                at: given[1].keySpan(in: files), label: "one too many",
                secondary: [.init(given[0].keySpan(in: files), "given here already")])
        } else if given.isEmpty, isOneNeeded, meant.isEmpty, !isIncomplete {
            findings.add(
                .alternatives,
                names.count == 1
                    ? "\(subject) lacks '\(names[0])'"
                    : "\(subject) needs one of \(Wording.list(names.map { "'\($0)'" }, "or"))",
                at: head, label: "none given")
        }
    }
}

/// What the table of a cluster cannot say: which keys go with which kind.
struct ClusterConsistency {
    let entries: [YAMLEntry]
    let isIncomplete: Bool
    let subject: Subject
    let head: SourceSpan
    let files: FileNames

    private func entry(_ key: String) -> YAMLEntry? { entries.first { $0.key == key } }

    func check(_ meant: [String], _ findings: inout Findings) {
        if let kind = entry("kind"), let text = kind.value.scalar?.text, Language.clusterKinds.contains(text) {
            checkMode(kind: kind, text, meant, &findings)
        }
        let runsElsewhere = entry("workload")?.value.entries?.contains { $0.key == "external" } == true
        let isWorkloadKnown = entry("workload")?.value.entries?.isEmpty == false
        if entry("members") == nil, isWorkloadKnown, !runsElsewhere, !isIncomplete, !meant.contains("members") {
            findings.add(
                .missingKey, "\(subject) lacks 'members'", at: head, label: "needs 'members'",
                notes: ["only a cluster of an external workload has no hosts of its own"],
                help: ["for example: members: [a1, b1]"])
        }
    }

    private func checkMode(kind: YAMLEntry, _ text: String, _ meant: [String], _ findings: inout Findings) {
        let mode = entry("mode")
        if text == "failover", mode == nil, !isIncomplete, !meant.contains("mode") {
            findings.add(
                .missingKey, "\(subject) lacks 'mode'", at: kind.value.span(in: files), label: "needs 'mode'",
                notes: ["a failover cluster has one active member (active-passive) or several (active-active)"],
                help: ["for example: mode: active-passive"])
        } else if text != "failover", let mode {
            findings.add(
                .misplacedKey, "\(subject) has a 'mode', and only failover clusters have one",
                at: mode.keySpan(in: files), label: "does not belong here",
                secondary: [.init(kind.value.span(in: files), "not a failover cluster")],
                help: ["remove it, or write 'kind: failover'"])
        }
    }
}
