/// A document as it is written: everything that stands in it, in its order, but for its space.
struct LayoutTree {
    /// Directives and the markers of the document's start and end, with the comments above and beside them.
    struct Line {
        var above: [Remark]
        var text: String
        var beside: LayoutText.Comment?
    }

    /// A comment on a line of its own.
    struct Remark {
        var comment: LayoutText.Comment
        var hasBlankBefore: Bool
    }

    indirect enum Content {
        case nothing
        /// A plain or quoted scalar, or an alias, as it is written; of the lines after the first the space before.
        case inline([String])
        /// A literal or folded scalar: its header, its lines without their common indentation, and this indentation where
        /// the header names it.
        case block(header: String, lines: [String], named: Int?)
        case mapping(Collection)
        case sequence(Collection)
        case flow(isMapping: Bool, Collection)
    }

    struct Node {
        /// Anchor and tag.
        var properties: [String] = []
        var content: Content
        /// Beside what introduces the node, where the node itself begins on a later line.
        var header: LayoutText.Comment?
        /// Above the node, between it and what introduces it.
        var above: [Remark] = []
        /// Beside the node's last line.
        var beside: LayoutText.Comment?
    }

    struct Entry {
        var above: [Remark]
        var hasBlankBefore: Bool
        /// `nil` in a list.
        var key: Node?
        /// Written with `?`.
        var isExplicit = false
        /// `nil` where there is no `:`.
        var value: Node?
        /// In flow: beside the entry, or the comma after it.
        var beside: LayoutText.Comment?
    }

    struct Collection {
        var entries: [Entry] = []
        /// After the last entry.
        var below: [Remark] = []
        /// In flow: beside the opening bracket.
        var header: LayoutText.Comment?
    }

    var before: [Line] = []
    var root: Node?
    var after: [Line] = []
    var below: [Remark] = []
}
