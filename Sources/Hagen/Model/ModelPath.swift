/// The way from the root of a model to one of its parts, in the model's words: `clusters[0].members[1].host`.
///
/// A path is its last step and a reference to the path before it. Rules make many paths, most of which nobody looks up:
/// a step more costs one small allocation, and the parts of one cluster share the way to it.
public struct ModelPath: Hashable, Sendable, CustomStringConvertible {
    private enum Step: Hashable, Sendable {
        case name(String)
        case index(Int)
    }

    private final class Node: Sendable {
        let parent: Node?
        let step: Step

        init(_ step: Step, after parent: Node?) {
            self.parent = parent
            self.step = step
        }
    }

    /// `nil`: the root.
    private let last: Node?

    package static let root = ModelPath(last: nil)
    private init(last: Node?) { self.last = last }

    private func appending(_ step: Step) -> ModelPath { ModelPath(last: Node(step, after: last)) }

    package subscript(_ name: String) -> ModelPath { appending(.name(name)) }
    package subscript(_ index: Int) -> ModelPath { appending(.index(index)) }
    package subscript(_ inner: ModelPath) -> ModelPath { inner.steps.reduce(self) { $0.appending($1) } }

    package var parent: ModelPath? { last.map { ModelPath(last: $0.parent) } }

    /// From the root.
    private var steps: [Step] {
        var steps: [Step] = []
        var node = last
        while let current = node {
            steps.append(current.step)
            node = current.parent
        }
        return steps.reversed()
    }

    public static func == (left: Self, right: Self) -> Bool {
        var (left, right) = (left.last, right.last)
        while let first = left, let second = right {
            if first === second { return true }
            guard first.step == second.step else { return false }
            (left, right) = (first.parent, second.parent)
        }
        return left == nil && right == nil
    }

    /// From the last step to the first, as they are linked.
    public func hash(into hasher: inout Hasher) {
        var node = last
        while let current = node {
            hasher.combine(current.step)
            node = current.parent
        }
    }
}

// MARK: - As text

extension ModelPath {
    /// Words of the model with dots between, indices in brackets; a key of the user's own that is no such word stands in
    /// brackets and quotes: `hosts[0].labels["example.com/rack"]`.
    public var description: String {
        steps.reduce(into: "") { text, step in
            switch step {
            case .index(let index): text += "[\(index)]"
            case .name(let name) where Self.isWord(name): text += text.isEmpty ? name : "." + name
            case .name(let name):
                text += "[\"" + name.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\"]"
            }
        }
    }

    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 != 0x2E && $0 != 0x5B && $0 != 0x5D && $0 != 0x22 }
    }

    /// Far more than any model has; what goes on after so many steps is left out.
    private static let longest = 32

    /// Reads what `description` writes; of anything else it makes the best.
    private init(text: String) {
        var path = ModelPath.root
        var rest = text[...]
        var count = 0
        while let first = rest.first, count < Self.longest {
            if first == "." {
                rest.removeFirst()
                continue
            }
            count += 1
            if rest.hasPrefix("[\"") {
                rest = rest.dropFirst(2)
                path = path[Self.takeQuoted(from: &rest)]
            } else if first == "[" {
                let index = rest.dropFirst().prefix { $0 != "]" }
                path = Int(index).map { path[$0] } ?? path[String(index)]
                rest = rest.dropFirst(index.count + 2)
            } else {
                let word = rest.prefix { $0 != "." && $0 != "[" }
                path = path[String(word)]
                rest = rest.dropFirst(word.count)
            }
        }
        self = path
    }

    /// Takes the rest of a quoted key, its end included.
    private static func takeQuoted(from rest: inout Substring) -> String {
        var key = ""
        while let next = rest.popFirst(), next != "\"" {
            key.append(next == "\\" ? rest.popFirst() ?? next : next)
        }
        rest = rest.dropFirst()
        return key
    }
}

extension ModelPath: Codable, CodingKeyRepresentable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
    public var codingKey: any CodingKey { Key(stringValue: description) }
    public init?<Text: CodingKey>(codingKey: Text) { self.init(text: codingKey.stringValue) }

    public init(from decoder: any Decoder) throws {
        self.init(text: try decoder.singleValueContainer().decode(String.self))
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
