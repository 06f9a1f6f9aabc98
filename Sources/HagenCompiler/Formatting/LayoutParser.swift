/// Reads tokens into a tree: the grammar of libyaml's parser, with the comments put where they belong.
///
/// A comment beside something belongs to it. One on a line of its own belongs to what follows; at the end of a block it
/// belongs to the innermost collection that does not begin to the right of it.
struct LayoutParser {
    /// Something that the formatter has no layout for.
    struct Beyond: Error {
        /// A count of scalars.
        var offset: Int
    }

    private let text: LayoutText
    private var index = 0
    private var commentIndex = 0
    /// Where the last token or comment that was taken ended.
    private var lastLine = -1

    private init(_ text: LayoutText) { self.text = text }

    static func tree(of text: LayoutText) throws(Beyond) -> LayoutTree {
        var parser = LayoutParser(text)
        return try parser.document()
    }

    // MARK: Tokens and comments

    private var token: LayoutToken { text.tokens[index] }

    private mutating func advance() -> LayoutToken {
        let token = self.token
        if token.end > token.start { lastLine = text.line(of: token.end) }
        if index + 1 < text.tokens.count { index += 1 }
        return token
    }

    private var nextComment: LayoutText.Comment? {
        commentIndex < text.comments.count ? text.comments[commentIndex] : nil
    }

    private mutating func takeComment() -> LayoutTree.Remark {
        let comment = text.comments[commentIndex]
        let remark = LayoutTree.Remark(comment: comment, hasBlankBefore: comment.line - lastLine > 1)
        commentIndex += 1
        lastLine = comment.line
        return remark
    }

    private mutating func takeComments(
        before offset: Int, while isWanted: (LayoutText.Comment) -> Bool = { _ in true }
    ) -> [LayoutTree.Remark] {
        var remarks: [LayoutTree.Remark] = []
        while let comment = nextComment, comment.offset < offset, isWanted(comment) { remarks.append(takeComment()) }
        return remarks
    }

    /// The comment that stands beside what was taken last.
    private mutating func takeCommentBeside() -> LayoutText.Comment? {
        guard let comment = nextComment, !comment.isAlone, comment.line == lastLine, comment.offset < token.start else {
            return nil
        }
        return takeComment().comment
    }

    private func hasBlankBefore(_ token: LayoutToken) -> Bool { text.line(of: token.start) - lastLine > 1 }

    // MARK: The document

    private mutating func document() throws(Beyond) -> LayoutTree {
        var tree = LayoutTree()
        _ = advance()
        while token.kind == .directive || token.kind == .documentStart { tree.before.append(line()) }
        if token.kind != .streamEnd, token.kind != .documentEnd {
            tree.root = try node(parent: -1, allowsIndentless: false)
        }
        while token.kind == .documentEnd { tree.after.append(line()) }
        guard token.kind == .streamEnd else { throw Beyond(offset: token.start) }
        tree.below = takeComments(before: .max)
        return tree
    }

    private mutating func line() -> LayoutTree.Line {
        let above = takeComments(before: token.start)
        let text = self.text.text(of: advance())
        return LayoutTree.Line(above: above, text: text.trimmingEnd, beside: takeCommentBeside())
    }

    // MARK: Nodes

    /// - Parameters:
    ///   - parent: The column of the block collection around it, -1 for none: what the indentation that a block scalar
    ///     names is counted from.
    ///   - allowsIndentless: Whether a list may begin in the column of its key.
    private mutating func node(
        parent: Int, allowsIndentless: Bool, isKey: Bool = false
    ) throws(Beyond) -> LayoutTree.Node {
        var node = LayoutTree.Node(content: .nothing)
        node.header = takeCommentBeside()
        while token.kind == .property {
            node.above += takeComments(before: token.start)
            node.properties.append(text.text(of: advance()))
            if node.header == nil { node.header = takeCommentBeside() }
        }
        switch token.kind {
        case .blockMappingStart: node.content = .mapping(try blockMapping())
        case .blockSequenceStart:
            let column = text.column(of: advance().start)
            node.content = .sequence(try blockSequence(column: column, isIndentless: false))
        case .blockEntry where allowsIndentless:
            node.content = .sequence(try blockSequence(column: text.column(of: token.start), isIndentless: true))
        case .flowStart(let isMapping):
            node.above += takeComments(before: token.start)
            node.content = .flow(isMapping: isMapping, try flow())
            if !isKey { node.beside = takeCommentBeside() }
        case .alias, .scalar(isBlock: false):
            node.above += takeComments(before: token.start)
            node.content = .inline(inlineLines(of: advance()))
            if !isKey { node.beside = takeCommentBeside() }
        case .scalar(isBlock: true):
            node.above += takeComments(before: token.start)
            node.content = blockScalar(parent: parent)
        default:
            // Nothing stands there: the comment is beside what introduces it.
            (node.beside, node.header) = (node.header, nil)
        }
        return node
    }

    private func inlineLines(of token: LayoutToken) -> [String] {
        let lines = text.text(of: token).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // In quotes, a space at the end of a line may be escaped.
        let isQuoted = lines[0].hasPrefix("\"") || lines[0].hasPrefix("'")
        return lines.enumerated().map { number, line in
            let start = number == 0 ? line : line.trimmingStart
            return isQuoted ? start : start.trimmingEnd
        }
    }

    /// The token ends after the empty lines that follow the text; these count only where the header says so.
    private mutating func blockScalar(parent: Int) -> LayoutTree.Content {
        let token = advance()
        var lines = text.text(of: token).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        let header = lines.removeFirst().trimmingEnd
        let marks = header.prefix { $0 != " " && $0 != "\t" && $0 != "#" }
        if !marks.contains("+") { while lines.last.map({ $0.allSatisfy { $0 == " " } }) == true { lines.removeLast() } }
        lastLine = text.line(of: token.start) + lines.count
        let named = marks.compactMap(\.wholeNumberValue).first
        let spaces = lines.filter { !$0.allSatisfy { $0 == " " } }.map { $0.prefix { $0 == " " }.count }
        let indentation = named.map { max(parent, 0) + $0 } ?? spaces.first ?? lines.map(\.count).max() ?? 0
        return .block(
            header: header, lines: lines.map { String($0.dropFirst(min(indentation, $0.count))) }, named: named)
    }

    // MARK: Blocks

    private mutating func blockMapping() throws(Beyond) -> LayoutTree.Collection {
        let column = text.column(of: advance().start)
        var collection = LayoutTree.Collection()
        while token.kind != .blockEnd {
            guard token.kind == .key else { throw Beyond(offset: token.start) }
            var entry = self.entry()
            let key = advance()
            entry.isExplicit = key.end > key.start
            entry.key =
                isNothing
                ? emptyNode() : try node(parent: column, allowsIndentless: entry.isExplicit, isKey: !entry.isExplicit)
            if token.kind == .value {
                // Comments between an explicit key and its value.
                entry.above += takeComments(before: token.start)
                _ = advance()
                entry.value = isNothing ? emptyNode() : try node(parent: column, allowsIndentless: true)
            }
            collection.entries.append(entry)
        }
        collection.below = takeComments(before: token.start) { $0.column >= column }
        _ = advance()
        return collection
    }

    private mutating func blockSequence(column: Int, isIndentless: Bool) throws(Beyond) -> LayoutTree.Collection {
        var collection = LayoutTree.Collection()
        while token.kind == .blockEntry {
            var entry = self.entry()
            _ = advance()
            entry.value =
                isNothing || token.kind == .blockEntry
                ? emptyNode() : try node(parent: column, allowsIndentless: false)
            collection.entries.append(entry)
        }
        collection.below = takeComments(before: token.start) { $0.column >= column + (isIndentless ? 1 : 0) }
        if !isIndentless {
            guard token.kind == .blockEnd else { throw Beyond(offset: token.start) }
            _ = advance()
        }
        return collection
    }

    private var isNothing: Bool {
        switch token.kind {
        case .key, .value, .blockEnd, .flowEntry, .flowEnd, .streamEnd, .documentEnd: true
        default: false
        }
    }

    private mutating func emptyNode() -> LayoutTree.Node {
        LayoutTree.Node(content: .nothing, beside: takeCommentBeside())
    }

    /// The start of an entry, at its first token.
    private mutating func entry() -> LayoutTree.Entry {
        let above = takeComments(before: token.start)
        return LayoutTree.Entry(above: above, hasBlankBefore: hasBlankBefore(token))
    }

    // MARK: Flow

    private mutating func flow() throws(Beyond) -> LayoutTree.Collection {
        _ = advance()
        var collection = LayoutTree.Collection()
        collection.header = takeCommentBeside()
        while token.kind != .flowEnd {
            if token.kind == .flowEntry {
                guard let last = collection.entries.indices.last else { throw Beyond(offset: token.start) }
                collection.entries[last].above += takeComments(before: token.start)
                _ = advance()
                if collection.entries[last].beside == nil { collection.entries[last].beside = takeCommentBeside() }
                continue
            }
            collection.entries.append(try flowEntry())
        }
        collection.below = takeComments(before: token.start)
        _ = advance()
        return collection
    }

    private mutating func flowEntry() throws(Beyond) -> LayoutTree.Entry {
        var entry = self.entry()
        if token.kind == .key {
            let key = advance()
            entry.isExplicit = key.end > key.start
            var node = isNothing ? LayoutTree.Node(content: .nothing) : try flowNode(&entry)
            node.header = nil
            entry.key = node
            guard token.kind == .value else {
                entry.beside = takeCommentBeside()
                return entry
            }
            entry.above += takeComments(before: token.start)
            _ = advance()
            entry.value = isNothing ? LayoutTree.Node(content: .nothing) : try flowNode(&entry)
        } else if token.kind == .value {
            throw Beyond(offset: token.start)
        } else {
            entry.value = try flowNode(&entry)
        }
        entry.beside = takeCommentBeside()
        return entry
    }

    /// Comments inside an entry move above it.
    private mutating func flowNode(_ entry: inout LayoutTree.Entry) throws(Beyond) -> LayoutTree.Node {
        entry.above += takeComments(before: token.start)
        var node = try node(parent: -1, allowsIndentless: false, isKey: true)
        for comment in [node.header, node.beside].compactMap({ $0 }) {
            entry.above.append(LayoutTree.Remark(comment: comment, hasBlankBefore: false))
        }
        entry.above += node.above
        (node.header, node.beside, node.above) = (nil, nil, [])
        return node
    }
}
