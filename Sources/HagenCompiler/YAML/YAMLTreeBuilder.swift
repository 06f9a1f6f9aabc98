internal import Hagen

/// Builds the tree of the one document in a source, and reports what is wrong with it as YAML: syntax, duplicate keys,
/// aliases, tags, merge keys, and whatever asks too much of the reader.
struct YAMLTreeBuilder: ~Copyable {
    private let source: Source
    /// The number of the source, which every node carries, and what the number stands for.
    private let number: UInt16
    private let files: FileNames
    private let limits: YAMLLimits
    private var events: YAMLEventStream
    private var index: ScalarIndex
    private var anchors: [String: YAMLNode] = [:]
    private var openAnchors: [String] = []
    /// Every node that was read, and every node that an alias repeats; the files before this one count too.
    private var nodes: Int

    /// What has been reported makes the rest of the document unreadable.
    private struct Stop: Error {}

    /// - Parameters:
    ///   - number: The source's number in `files`.
    ///   - nodes: What the files before this one have used of the limit; grows by what this one uses.
    /// - Returns: The root, or `nil` where there is none; then it is said why. A tree may come with findings.
    static func tree(
        of source: Source, number: UInt16, in files: FileNames, limits: YAMLLimits, nodes: inout Int,
        _ findings: inout Findings
    ) -> YAMLNode? {
        source.bytes.withUnsafeBufferPointer { bytes in
            guard let events = YAMLEventStream(bytes) else {
                findings.add(.beyondBounds, "there is no memory to read the file", at: source.span(ofBytes: 0..<0))
                return nil
            }
            var builder = YAMLTreeBuilder(
                source: source, number: number, files: files, limits: limits, nodes: nodes, events: events,
                index: ScalarIndex(source))
            defer { nodes = builder.nodes }
            do throws(Stop) { return try builder.document(&findings) } catch { return nil }
        }
    }

    /// The tree of a source that stands alone.
    static func tree(
        of source: Source, limits: YAMLLimits = YAMLLimits(), _ findings: inout Findings
    ) -> (root: YAMLNode, files: FileNames)? {
        let files = FileNames(source.name)
        var nodes = 0
        return tree(of: source, number: 0, in: files, limits: limits, nodes: &nodes, &findings).map { ($0, files) }
    }

    private init(
        source: Source, number: UInt16, files: FileNames, limits: YAMLLimits, nodes: Int,
        events: consuming YAMLEventStream, index: ScalarIndex
    ) {
        self.source = source
        self.number = number
        self.files = files
        self.limits = limits
        self.nodes = nodes
        self.events = events
        self.index = index
    }

    private mutating func next(_ findings: inout Findings) throws(Stop) -> YAMLEvent {
        do { return try events.next() } catch {
            SyntaxFault(error, in: source, &index).report(to: &findings)
            throw Stop()
        }
    }

    private mutating func span(of event: YAMLEvent) -> SourceSpan {
        SourceSpan(
            file: source.name, start: index.position(ofScalar: event.start), end: index.position(ofScalar: event.end))
    }

    private mutating func document(_ findings: inout Findings) throws(Stop) -> YAMLNode? {
        _ = try next(&findings)
        let first = try next(&findings)
        guard case .documentStart = first.kind else {
            let end = source.span(ofBytes: source.bytes.count..<source.bytes.count)
            findings.add(
                .empty, "the file declares nothing", at: end, label: "nothing but comments up to here",
                help: Self.emptyHelp)
            return nil
        }
        let root = try node(from: try next(&findings), depth: 0, &findings)
        _ = try next(&findings)
        let second = try next(&findings)
        if case .documentStart = second.kind {
            findings.add(
                .severalDocuments, "the file holds more than one document", at: span(of: second),
                label: "a second one begins here",
                help: ["put each topology into a file of its own; parts of one topology stand in one document"])
            throw Stop()
        }
        if let scalar = root.scalar, scalar.meaning == .null {
            findings.add(.empty, "the file declares nothing", at: root.span(in: files), help: Self.emptyHelp)
            return nil
        }
        return root
    }

    private static let emptyHelp = ["'hagen init' writes a topology to begin with"]

    private mutating func node(
        from event: YAMLEvent, depth: Int, _ findings: inout Findings
    ) throws(Stop) -> YAMLNode {
        let start = index.position(ofScalar: event.start)
        let end = index.position(ofScalar: event.end)
        try count(1, at: event, &findings)
        if findings.isFull { throw Stop() }
        switch event.kind {
        case .alias(let name):
            return try resolve(name, event, &findings)
        case .scalar(let text, let isPlain, let tag, let anchor):
            var node = YAMLNode(
                content: .scalar(YAMLScalar(text: text, isPlain: isPlain)), file: number, start: start, end: end)
            apply(tag, to: &node, &findings)
            if let anchor { anchors[anchor] = node }
            return node
        case .sequenceStart(let tag, let anchor):
            try checkDepth(depth, event, &findings)
            if let anchor { openAnchors.append(anchor) }
            let content = try items(depth: depth + 1, &findings)
            let node = YAMLNode(
                content: content.items, file: number, start: start, end: content.end, weight: content.weight)
            return close(node, tag, anchor, &findings)
        case .mappingStart(let tag, let anchor):
            try checkDepth(depth, event, &findings)
            if let anchor { openAnchors.append(anchor) }
            let content = try entries(depth: depth + 1, &findings)
            let node = YAMLNode(
                content: content.entries, file: number, isIncomplete: content.isIncomplete, start: start,
                end: content.end, weight: content.weight)
            return close(node, tag, anchor, &findings)
        default:
            preconditionFailure("libyaml gave \(event.kind) where a node begins")
        }
    }

    private mutating func close(
        _ node: YAMLNode, _ tag: String?, _ anchor: String?, _ findings: inout Findings
    ) -> YAMLNode {
        var node = node
        apply(tag, to: &node, &findings)
        if let anchor {
            openAnchors.removeLast()
            anchors[anchor] = node
        }
        return node
    }

    private mutating func items(
        depth: Int, _ findings: inout Findings
    ) throws(Stop) -> (items: YAMLNode.Content, end: SourceSpan.Position, weight: Int) {
        var items: [YAMLNode] = []
        var weight = 1
        while true {
            let event = try next(&findings)
            if case .sequenceEnd = event.kind {
                return (.sequence(items), index.position(ofScalar: event.end), weight)
            }
            let item = try node(from: event, depth: depth, &findings)
            weight += item.weight
            items.append(item)
        }
    }

    private mutating func entries(
        depth: Int, _ findings: inout Findings
    ) throws(Stop) -> (entries: YAMLNode.Content, isIncomplete: Bool, end: SourceSpan.Position, weight: Int) {
        var mapping = MappingEntries(files: files)
        while true {
            let event = try next(&findings)
            if case .mappingEnd = event.kind {
                let entries = mapping.finished()
                try count(mapping.mergedWeight, at: event, &findings)
                return (entries, mapping.isIncomplete, index.position(ofScalar: event.end), mapping.weight)
            }
            let key = try node(from: event, depth: depth, &findings)
            let value = try node(from: try next(&findings), depth: depth, &findings)
            mapping.add(key, value, &findings)
        }
    }

    private mutating func checkDepth(_ depth: Int, _ event: YAMLEvent, _ findings: inout Findings) throws(Stop) {
        guard depth >= limits.depth else { return }
        let start = index.position(ofScalar: event.start)
        findings.add(
            .beyondBounds, "the document is nested more than \(limits.depth) levels deep",
            at: SourceSpan(file: source.name, start: start, end: .init(line: start.line, column: start.column + 1)),
            label: "level \(limits.depth + 1)",
            help: ["no topology needs so many: look for a bracket or an indentation that went wrong"])
        throw Stop()
    }

    private mutating func count(_ number: Int, at event: YAMLEvent, _ findings: inout Findings) throws(Stop) {
        nodes += number
        guard nodes > limits.nodes else { return }
        let span = span(of: event)
        findings.add(
            .beyondBounds, "the document has more than \(limits.nodes) parts, with its aliases written out", at: span,
            label: "no further than here",
            help: ["a topology is declared, not generated: look for an alias that repeats others many times"])
        throw Stop()
    }

    private mutating func resolve(
        _ name: String, _ event: YAMLEvent, _ findings: inout Findings
    ) throws(Stop) -> YAMLNode {
        if let node = anchors[name], !openAnchors.contains(name) {
            try count(node.weight, at: event, &findings)
            return node
        }
        let span = span(of: event)
        if openAnchors.contains(name) {
            findings.add(
                .alias, "the alias '*\(name)' stands inside the part that '&\(name)' names", at: span,
                label: "would contain itself", help: ["write the part out"])
        } else {
            // Among many anchors nobody looks for a name that is almost right: each would be compared every time.
            let near = anchors.count > 200 ? nil : Spelling.nearest(to: name, among: anchors.keys.sorted())
            findings.add(
                .alias, "nothing before this place is named '&\(name)'" + Wording.question(near.map { "*" + $0 }),
                at: span, label: "unknown alias",
                help: near == nil
                    ? ["name a part with '&\(name)' where it stands first, or quote a text that begins with '*'"] : [],
                fixes: near.map { [Wording.replacement(of: span, by: "*" + $0)] } ?? [])
        }
        return YAMLNode(content: .broken, file: number, start: span.start, end: span.end)
    }

    /// Of tags, only those of the core schema mean something here.
    private func apply(_ tag: String?, to node: inout YAMLNode, _ findings: inout Findings) {
        guard let tag else { return }
        let core = "tag:yaml.org,2002:"
        switch (node.content, tag) {
        case (.scalar(let scalar), "!"), (.scalar(let scalar), core + "str"):
            node.content = .scalar(YAMLScalar(text: scalar.text, isPlain: false))
            return
        case (.sequence, core + "seq"), (.sequence, "!"), (.mapping, core + "map"), (.mapping, "!"): return
        case (.scalar(let scalar), _):
            let plain = YAMLScalar(text: scalar.text, isPlain: true)
            switch (plain.meaning, tag) {
            case (.null, core + "null"), (.boolean, core + "bool"), (.integer, core + "int"),
                (.number, core + "float"), (.integer, core + "float"):
                node.content = .scalar(plain)
                return
            default: break
            }
        default: break
        }
        let shown = tag.hasPrefix(core) ? "!!" + tag.dropFirst(core.count) : tag
        findings.add(
            .tag, "the tag '\(shown)' means nothing here", at: node.span(in: files), label: "tagged",
            help: ["leave the tag out: the key that a value stands under says what it is"])
        node.content = .broken
    }
}
