internal import Hagen

/// Reads the files of a topology and puts them together to one tree: each with what it includes, laid over its base.
///
/// A file is read once, however many name it, and merged once into what includes it.
struct TopologyFiles {
    private(set) var names = FileNames()
    private(set) var sources: [Source] = []
    /// The name of the file below all overlays.
    private(set) var lowest: String
    private let load: SourceLoading
    private let limits: YAMLLimits
    /// By name; `nil` where the file cannot be read, which has been reported.
    private var files: [String: File?] = [:]
    /// The file at hand, and those whose `include:` or `base:` led to it.
    private var open: [Request] = []
    private var bytes = 0
    private var nodes = 0

    /// A file that is asked for, and where that is said; the topology's own is said nowhere.
    private struct Request {
        var name: String
        var span: SourceSpan?
    }

    private struct File {
        var source: Source
        /// Without `include` and `base`.
        var root: YAMLNode
        var includes: [Request]
        /// The key too, because an included file cannot have one.
        var base: (request: Request, key: SourceSpan)?
    }

    init(limits: YAMLLimits, load: @escaping SourceLoading) {
        self.limits = limits
        self.load = load
        lowest = ""
    }

    /// - Returns: The root of the whole, or `nil` where there is none; then it is said why. A tree may come with findings.
    mutating func tree(of name: String, _ findings: inout Findings) -> YAMLNode? {
        guard let root = layers(Request(name: SourceName.normalized(name), span: nil), &findings),
            let file = files[lowest].flatMap(\.self)
        else { return nil }
        VersionCheck.checkPresence(in: root, of: file.root, file.source, names, &findings)
        return root
    }

    /// A file with what it includes, laid over its base.
    private mutating func layers(_ request: Request, _ findings: inout Findings) -> YAMLNode? {
        lowest = request.name
        guard let file = enter(request, &findings) else { return nil }
        defer { open.removeLast() }
        var merged: Set<String> = [request.name]
        let fragments = fragments(of: file, &merged, &findings)
        let root = FragmentMerge(files: names).merge(fragments, into: file.root, &findings)
        guard let base = file.base else { return root }
        guard let lower = layers(base.request, &findings) else { return nil }
        return Overlay(files: names).lay(root, over: lower, &findings)
    }

    /// What a file includes, in the order in which it is merged: that of `include:`, each file after those that it
    /// includes itself. The place of what cannot be read is taken by nothing, and the whole is marked as incomplete.
    private mutating func fragments(
        of file: File, _ merged: inout Set<String>, _ findings: inout Findings
    ) -> [YAMLNode] {
        var fragments: [YAMLNode] = []
        for request in file.includes {
            // Of a file that is open the cycle is reported below.
            let isOpen = open.contains { $0.name == request.name }
            if !isOpen, !merged.insert(request.name).inserted { continue }
            guard let included = enter(request, &findings) else {
                fragments.append(YAMLNode.missing)
                continue
            }
            fragments += self.fragments(of: included, &merged, &findings)
            open.removeLast()
            if let base = included.base {
                findings.add(
                    .misplacedKey, "an included file has no base of its own", at: base.key,
                    label: "does not belong here", secondary: request.span.map { [.init($0, "included here")] } ?? [],
                    help: ["say 'base' in the file that is validated, or include nothing that says it"])
            }
            fragments.append(included.root)
        }
        return fragments
    }

    // MARK: One file

    /// Opens the file; who calls closes it.
    private mutating func enter(_ request: Request, _ findings: inout Findings) -> File? {
        if let first = open.firstIndex(where: { $0.name == request.name }) {
            reportCycle(from: first, request, &findings)
            return nil
        }
        guard open.count < limits.fileDepth else {
            findings.add(
                .beyondBounds, "files include each other more than \(limits.fileDepth) levels deep", at: request.span,
                label: "level \(limits.fileDepth + 1)", notes: [chain(open)],
                help: ["include the files from one place, side by side"])
            return nil
        }
        let file: File?
        if let known = files[request.name] {
            file = known
        } else {
            file = read(request, &findings)
            files[request.name] = .some(file)
        }
        if file != nil { open.append(request) }
        return file
    }

    private mutating func read(_ request: Request, _ findings: inout Findings) -> File? {
        guard files.count < limits.files else {
            findings.add(
                .beyondBounds, "the topology is made of more than \(limits.files) files", at: request.span,
                label: "one too many", help: ["put parts of one kind into one file"])
            return nil
        }
        let source: Source
        switch load(request.name) {
        case .success(let loaded): source = loaded
        case .failure(let unavailable):
            findings.add(
                .unavailableFile, "the file '\(request.name)' \(unavailable.reason)", at: request.span,
                label: "cannot be read",
                help: request.span == nil ? [] : ["a path is relative to the file that says it"])
            return nil
        }
        guard sources.isEmpty || bytes + source.bytes.count <= limits.documentBytes else {
            findings.add(
                .beyondBounds, "the topology's files have more than \(limits.documentBytes) bytes together",
                at: request.span, label: "no further than here",
                help: ["a topology is declared, not generated: check that this is the right file"])
            return nil
        }
        bytes += source.bytes.count
        sources.append(source)
        let number = names.add(source.name)
        guard TextInspection.passes(source, limits, &findings),
            let root = YAMLTreeBuilder.tree(
                of: source, number: number, in: names, limits: limits, nodes: &nodes, &findings)
        else { return nil }
        guard root.entries != nil else {
            ShapeChecker.check(root, in: names, &findings)
            return nil
        }
        guard VersionCheck.passes(root, in: names, &findings) else { return nil }
        return file(source, root, named: request.name, &findings)
    }

    /// Takes `include` and `base` from the root; where they are not what they should be, that is reported.
    private func file(_ source: Source, _ root: YAMLNode, named name: String, _ findings: inout Findings) -> File? {
        let directives = Language.topology.keys.filter { Language.fileKeys.contains($0.name) }
        let said = (root.entries ?? []).filter { Language.fileKeys.contains($0.key) }
        var file = File(source: source, root: root, includes: [])
        guard !said.isEmpty else { return file }
        var part = root
        part.content = .mapping(said)
        let before = findings.breaks
        ShapeChecker.check(part, against: PartTable(noun: "topology", keys: directives), in: names, &findings)
        file.root.content = .mapping((root.entries ?? []).filter { !Language.fileKeys.contains($0.key) })
        // What a path that cannot be followed would have brought is missing.
        if findings.breaks > before { file.root.isIncomplete = true }
        for entry in said {
            for node in entry.value.items ?? [entry.value] {
                guard let path = node.scalar?.text, TextForm.sourcePath.accepts(path) else { continue }
                let request = Request(name: SourceName.resolve(path, in: name), span: node.span(in: names))
                if entry.key == "include", entry.value.items != nil { file.includes.append(request) }
                if entry.key == "base", entry.value.items == nil { file.base = (request, entry.keySpan(in: names)) }
            }
        }
        // An overlay says nothing without what it is laid over.
        return said.contains { $0.key == "base" } && file.base == nil ? nil : file
    }

    private func reportCycle(from first: Int, _ request: Request, _ findings: inout Findings) {
        let ring = open[(first + 1)...]
        findings.add(
            .fileCycle,
            ring.isEmpty
                ? "the file '\(request.name)' is made of itself"
                : "the file '\(request.name)' is made of itself, by way of \(Wording.list(ring.map { "'\($0.name)'" }))",
            at: request.span, label: "leads back to '\(request.name)'",
            secondary: ring.compactMap { step in step.span.map { .init($0, "leads to '\(step.name)'") } },
            help: ["take one of these paths away; what several files need goes into a file of its own"])
    }

    private func chain(_ requests: [Request]) -> String {
        requests.map { "'\($0.name)'" }.joined(separator: " leads to ")
    }
}

extension YAMLNode {
    /// Stands for a file that cannot be read: a mapping of which nobody knows what it holds.
    fileprivate static let missing = YAMLNode(
        content: .mapping([]), file: 0, isIncomplete: true, start: .init(line: 1, column: 1),
        end: .init(line: 1, column: 1))
}
