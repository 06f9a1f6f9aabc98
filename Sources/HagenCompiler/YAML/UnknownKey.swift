internal import Hagen

/// Says that a key is not part of the language, and which one was probably meant.
struct UnknownKey {
    let entry: YAMLEntry
    let table: PartTable
    let files: FileNames

    /// - Returns: The keys that may have been meant: that they are missing is not to be said again.
    func report(among entries: [YAMLEntry], to findings: inout Findings) -> [String] {
        let span = entry.keySpan(in: files)
        let known = table.keys.map(\.name)
        let meant = synonym ?? Spelling.nearest(to: entry.key, among: known)
        let free = meant.flatMap { name in entries.contains { $0.key == name } ? nil : name }
        let taken = free == nil ? meant : nil
        findings.add(
            .unknownKey,
            "\(Wording.indefinite(table.noun)) has no key '\(Wording.shortened(entry.key))'\(Wording.question(free))",
            at: span, label: "unknown key",
            secondary: entries.filter { $0.key == taken }.map { .init($0.keySpan(in: files), "given already") },
            notes: [Wording.keys(of: table)],
            fixes: free.map { [Wording.replacement(of: span, saying: entry.key, by: $0)] } ?? [])
        guard let free else { return [] }
        // What was meant is left out of the model, where a rule would miss it.
        findings.addBreak()
        findings.flaws.miss(free, of: table.noun)
        return [free]
    }

    private var synonym: String? {
        table.keys.first { $0.synonyms.contains { $0.lowercased() == entry.key.lowercased() } }?.name
    }
}
