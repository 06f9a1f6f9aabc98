internal import Hagen

/// Whether a document says that it is written in the version of the language that is read here. In another one, nothing
/// else can be judged.
enum VersionCheck {
    static func passes(_ root: YAMLNode, of source: Source, _ findings: inout Findings) -> Bool {
        let version = Language.apiVersion
        guard let entry = root.entries?.first(where: { $0.key == "apiVersion" }) else {
            // A key that was mistyped is reported as such.
            if root.entries?.contains(where: { Spelling.nearest(to: $0.key, among: ["apiVersion"]) != nil }) == true {
                return true
            }
            let start = SourceSpan.Position(line: 1, column: 1)
            let first = root.entries?.first.map { $0.keySpan(in: source.name) } ?? root.span(in: source.name)
            findings.add(
                .version, "the topology does not say which version of the language it is written in", at: first,
                label: "no 'apiVersion'",
                help: ["a topology begins with 'apiVersion: \(version)'"],
                fixes: canInsert(root, source)
                    ? [
                        Diagnostic.Fix(
                            "begin with 'apiVersion: \(version)'",
                            [
                                .init(
                                    SourceSpan(file: source.name, start: start, end: start), "apiVersion: \(version)\n")
                            ],
                            .safe)
                    ] : [])
            return true
        }
        if case .broken = entry.value.content { return false }
        if entry.value.scalar?.text == version { return true }
        let isEmpty = entry.value.scalar?.text.isEmpty == true
        let span = isEmpty ? entry.keySpan(in: source.name) : entry.value.span(in: source.name)
        findings.add(
            .version,
            "'apiVersion' is \(Wording.article(of: entry.value)), and this hagen reads '\(version)'",
            at: span, label: "another version",
            help: ["if the topology is newer, use the hagen that it was written for ('hagen --version')"],
            fixes: isEmpty || entry.value.scalar == nil ? [] : [Wording.replacement(of: span, by: version)])
        return false
    }

    /// A line can be put before the first where the root is a block mapping that begins in the first column, and no
    /// directive or document marker stands before it.
    private static func canInsert(_ root: YAMLNode, _ source: Source) -> Bool {
        guard root.start.column == 1, source.bytes.first != UInt8(ascii: "%"),
            !source.bytes.starts(with: Array("---".utf8)),
            let first = source.line(root.start.line)?.first
        else { return false }
        return first != UInt8(ascii: "{")
    }
}
