internal import Hagen

/// Whether a document says that it is written in the version of the language that is read here. In another one, nothing
/// else can be judged.
enum VersionCheck {
    /// Whether the file says no other version than this one.
    static func passes(_ root: YAMLNode, in files: FileNames, _ findings: inout Findings) -> Bool {
        let version = Language.apiVersion
        guard let entry = root.entries?.first(where: { $0.key == "apiVersion" }) else { return true }
        if case .broken = entry.value.content { return false }
        if entry.value.scalar?.text == version { return true }
        let isEmpty = entry.value.scalar?.text.isEmpty == true
        let span = isEmpty ? entry.keySpan(in: files) : entry.value.span(in: files)
        findings.add(
            .version,
            "'apiVersion' is \(Wording.article(of: entry.value)), and this hagen reads '\(version)'",
            at: span, label: "another version",
            help: ["if the topology is newer, use the hagen that it was written for ('hagen --version')"],
            fixes: isEmpty || entry.value.scalar == nil ? [] : [Wording.replacement(of: span, by: version)])
        return false
    }

    /// Reports a topology that does not say its version in any of its files.
    ///
    /// - Parameter file: The root of the file that should say it.
    static func checkPresence(
        in root: YAMLNode, of file: YAMLNode, _ source: Source, _ files: FileNames, _ findings: inout Findings
    ) {
        // A key that was mistyped, or lost with its file, is reported as such.
        let mayBeThere: (YAMLEntry) -> Bool = { entry in
            entry.key == "apiVersion" || Spelling.nearest(to: entry.key, among: ["apiVersion"]) != nil
        }
        guard !root.isIncomplete, root.entries?.contains(where: mayBeThere) != true else { return }
        let start = SourceSpan.Position(line: 1, column: 1)
        let first = file.entries?.first.map { $0.keySpan(in: files) } ?? file.span(in: files)
        let line = "apiVersion: \(Language.apiVersion)"
        let insertion = Diagnostic.Edit(SourceSpan(file: source.name, start: start, end: start), line + "\n")
        findings.add(
            .version, "the topology does not say which version of the language it is written in", at: first,
            label: "no 'apiVersion'", help: ["a topology begins with '\(line)'"],
            fixes: canInsert(file, source) ? [Diagnostic.Fix("begin with '\(line)'", [insertion], .safe)] : [])
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
