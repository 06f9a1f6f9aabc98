/// Writes a tree in the canonical layout: two columns a level, lists below their key indented, one space after `:`, `-`
/// and `,`, at most one empty line at a time, and a flow collection on one line where that has room, else as a block.
struct LayoutPrinter {
    private var output: [String] = []
    /// The line that is being written.
    private var line = ""

    /// What one line of flow may reach.
    private static let width = 100

    static func text(of tree: LayoutTree) -> String {
        var printer = LayoutPrinter()
        printer.print(tree)
        return printer.output.map { $0 + "\n" }.joined()
    }

    private mutating func print(_ tree: LayoutTree) {
        for line in tree.before { print(line) }
        if var root = tree.root {
            for remark in root.above { print(remark, 0) }
            root.above = []
            let head = root.properties.joined(separator: " ")
            switch root.content {
            case .mapping(let collection), .sequence(let collection):
                if !head.isEmpty || root.header != nil {
                    line = head
                    printBeside(root.header)
                    endLine()
                }
                printBlock(collection, 0, isList: root.content.isList)
            case .flow:
                line = head
                printFlow(root, 0, isItem: false)
            default:
                line = head
                printScalar(root, 0)
            }
        }
        for line in tree.after { print(line) }
        for remark in tree.below { print(remark, 0) }
    }

    private mutating func print(_ line: LayoutTree.Line) {
        for remark in line.above { print(remark, 0) }
        self.line = line.text
        printBeside(line.beside)
        endLine()
    }

    // MARK: Lines

    private mutating func endLine() {
        output.append(line.trimmingEnd)
        line = ""
    }

    private mutating func printBlank(_ isWanted: Bool) {
        if isWanted, let last = output.last, last != "" { output.append("") }
    }

    private static func margin(_ indentation: Int) -> String { String(repeating: " ", count: indentation) }

    private mutating func print(_ remark: LayoutTree.Remark, _ indentation: Int) {
        printBlank(remark.hasBlankBefore)
        line = Self.margin(indentation) + remark.comment.text
        endLine()
    }

    /// One that stands in a column with its neighbours stays there, as far as there is room; others stay as close.
    private mutating func printBeside(_ comment: LayoutText.Comment?) {
        guard let comment else { return }
        let moved = line.prefix { $0 == " " }.count - comment.indentation
        let gap = comment.isAligned ? comment.column + moved - line.unicodeScalars.count : comment.gap
        line += Self.margin(line.isEmpty ? 0 : max(gap, 1)) + comment.text
    }

    // MARK: Blocks

    /// - Parameter isOpen: Whether the first entry goes on the line that is being written.
    private mutating func printBlock(
        _ collection: LayoutTree.Collection, _ indentation: Int, isList: Bool, isOpen: Bool = false
    ) {
        for (index, entry) in collection.entries.enumerated() {
            if index > 0 || !isOpen {
                // No empty line opens a block.
                let mayOpen = index > 0 || indentation == 0
                for (number, remark) in entry.above.enumerated() {
                    print(mayOpen || number > 0 ? remark : remark.withoutBlank, indentation)
                }
                printBlank(entry.hasBlankBefore && (mayOpen || !entry.above.isEmpty))
                line = Self.margin(indentation)
            }
            if isList {
                line += "-"
                if let value = entry.value { printItem(value, indentation) }
            } else {
                print(entry, indentation)
            }
        }
        for remark in collection.below { print(remark, indentation) }
    }

    private mutating func print(_ entry: LayoutTree.Entry, _ indentation: Int) {
        guard let key = entry.key else { return }
        if entry.isExplicit {
            line += "?"
            printItem(key, indentation)
            guard let value = entry.value else { return }
            line = Self.margin(indentation) + ":"
            printItem(value, indentation)
            return
        }
        line += Self.inline(key) + (key.isAlias ? " :" : ":")
        if let value = entry.value { printValue(value, indentation) } else { endLine() }
    }

    /// What stands after a key.
    private mutating func printValue(_ node: LayoutTree.Node, _ indentation: Int) {
        for property in node.properties { line += " " + property }
        let inner = indentation + 2
        switch node.content {
        case .mapping(let collection), .sequence(let collection):
            openBelow(node, inner)
            printBlock(collection, inner, isList: node.content.isList)
        case .flow: printFlow(node, inner, isItem: false)
        case .nothing, .inline, .block: printScalar(node, inner)
        }
    }

    /// What stands after `-`, `?` or the `:` of an explicit key.
    private mutating func printItem(_ node: LayoutTree.Node, _ indentation: Int) {
        for property in node.properties { line += " " + property }
        let inner = indentation + 2
        let isBelow = node.header != nil || !node.above.isEmpty
        switch node.content {
        case .mapping(let collection), .sequence(let collection):
            let isCompact = !isBelow && node.properties.isEmpty && collection.entries.first?.above.isEmpty != false
            if isCompact { line += " " } else { openBelow(node, inner) }
            printBlock(collection, inner, isList: node.content.isList, isOpen: isCompact)
        case .flow: printFlow(node, inner, isItem: true)
        case .nothing, .inline, .block: printScalar(node, inner)
        }
    }

    /// Ends the line of what introduces a node, with the comments between the two.
    private mutating func openBelow(_ node: LayoutTree.Node, _ indentation: Int) {
        printBeside(node.header)
        endLine()
        for remark in node.above { print(remark, indentation) }
    }

    /// A scalar, an alias or nothing, after what introduces it and to the end of its last line.
    private mutating func printScalar(_ node: LayoutTree.Node, _ indentation: Int) {
        let isBelow = node.header != nil || !node.above.isEmpty
        if isBelow {
            openBelow(node, indentation)
            line = Self.margin(indentation)
        } else if !line.isEmpty, !node.isEmpty {
            line += " "
        }
        switch node.content {
        case .inline(let lines):
            line += lines[0]
            for text in lines.dropFirst() {
                output.append(line)
                line = text.isEmpty ? "" : Self.margin(indentation) + text
            }
        case .block(let header, let lines, let named):
            line += header
            endLine()
            // An indentation that the header names counts from the column of the collection around it.
            let margin = Self.margin(named.map { indentation - 2 + $0 } ?? indentation)
            for text in lines { output.append(text.isEmpty ? "" : margin + text) }
            return
        default: break
        }
        printBeside(node.beside)
        endLine()
    }
}

// MARK: - Flow

extension LayoutPrinter {
    /// After what introduces it, or below that, where it fits; else as a block.
    private mutating func printFlow(_ node: LayoutTree.Node, _ indentation: Int, isItem: Bool) {
        guard case .flow(let isMapping, let collection) = node.content else { return }
        if node.header == nil, node.above.isEmpty, let text = Self.oneLine(node.content),
            line.unicodeScalars.count + 1 + text.unicodeScalars.count <= Self.width
        {
            line += (line.isEmpty ? "" : " ") + text
            printBeside(node.beside)
            endLine()
            return
        }
        let comments = [node.header, collection.header, node.beside].compactMap { $0 }
        var block = LayoutTree.Node(content: .nothing, header: comments.first)
        block.above = node.above + comments.dropFirst().map { .init(comment: $0, hasBlankBefore: false) }
        if collection.entries.isEmpty {
            block.above += collection.below
            block.content = .inline([isMapping ? "{}" : "[]"])
            return printScalar(block, indentation)
        }
        let entries = collection.entries.map { $0.asBlock(isInMapping: isMapping) }
        let body = LayoutTree.Collection(entries: entries, below: collection.below.map(\.withoutBlank))
        block.content = isMapping ? .mapping(body) : .sequence(body)
        let isCompact =
            isItem && node.properties.isEmpty && block.header == nil && block.above.isEmpty
            && entries.first?.above.isEmpty != false
        if isCompact {
            line += " "
        } else if !line.isEmpty || block.header != nil || !block.above.isEmpty {
            openBelow(block, indentation)
        }
        printBlock(body, indentation, isList: !isMapping, isOpen: isCompact)
    }

    /// `nil` where comments or scalars of several lines need lines of their own.
    private static func oneLine(_ content: LayoutTree.Content) -> String? {
        guard case .flow(let isMapping, let collection) = content, collection.header == nil, collection.below.isEmpty
        else { return nil }
        var entries: [String] = []
        for entry in collection.entries {
            guard entry.above.isEmpty, entry.beside == nil, let text = oneLine(entry) else { return nil }
            entries.append(text)
        }
        let text = entries.joined(separator: ", ")
        return isMapping ? "{" + text + "}" : "[" + text + "]"
    }

    private static func oneLine(_ entry: LayoutTree.Entry) -> String? {
        var text = entry.isExplicit ? "? " : ""
        if let key = entry.key {
            guard let keyText = oneLine(key) else { return nil }
            text += keyText
            guard let value = entry.value else { return text }
            guard let valueText = oneLine(value) else { return nil }
            return text + (key.isAlias ? " :" : ":") + " " + valueText
        }
        return entry.value.flatMap(oneLine).map { text + $0 }
    }

    private static func oneLine(_ node: LayoutTree.Node) -> String? {
        switch node.content {
        case .nothing: return node.properties.joined(separator: " ")
        case .inline(let lines): return lines.count == 1 ? inline(node) : nil
        case .flow: return oneLine(node.content).map { (node.properties + [$0]).joined(separator: " ") }
        case .block, .mapping, .sequence: return nil
        }
    }

    /// A scalar of one line with its properties.
    fileprivate static func inline(_ node: LayoutTree.Node) -> String {
        guard case .inline(let lines) = node.content else {
            if case .flow = node.content { return oneLine(node) ?? "" }
            return node.properties.joined(separator: " ")
        }
        return (node.properties + [lines.joined(separator: " ")]).joined(separator: " ")
    }
}

extension LayoutTree.Entry {
    /// The entry of a flow collection as one of a block.
    fileprivate func asBlock(isInMapping: Bool) -> LayoutTree.Entry {
        var entry = self
        entry.above = above.map(\.withoutBlank)
        entry.hasBlankBefore = false
        entry.beside = nil
        if isInMapping, key == nil {
            // `{a}` is short for `{a: }`.
            (entry.key, entry.value) = (value, nil)
        }
        if isInMapping {
            entry.value = entry.value ?? LayoutTree.Node(content: .nothing)
        } else if key != nil {
            // `[a: b]` is short for `[{a: b}]`.
            var pair = self
            (pair.above, pair.hasBlankBefore, pair.beside) = ([], false, nil)
            pair.value = pair.value ?? LayoutTree.Node(content: .nothing)
            pair.value?.beside = beside
            (entry.key, entry.isExplicit) = (nil, false)
            entry.value = LayoutTree.Node(content: .mapping(LayoutTree.Collection(entries: [pair])))
            return entry
        }
        entry.value?.beside = beside
        return entry
    }
}

extension LayoutTree.Remark {
    fileprivate var withoutBlank: LayoutTree.Remark { LayoutTree.Remark(comment: comment, hasBlankBefore: false) }
}

extension LayoutTree.Content {
    fileprivate var isList: Bool { if case .sequence = self { true } else { false } }
}

extension LayoutTree.Node {
    fileprivate var isEmpty: Bool { if case .nothing = content { true } else { false } }
    fileprivate var isAlias: Bool {
        if case .inline(let lines) = content { lines[0].hasPrefix("*") } else { false }
    }
}
