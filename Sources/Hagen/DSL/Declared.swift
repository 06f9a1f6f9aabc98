/// A part of the model together with where it was said. The paths are relative to the part: its own is the root.
struct Declared<Value: Sendable>: Sendable {
    var value: Value
    var sources: SourceMap

    init(_ value: Value, at span: SourceSpan) {
        self.value = value
        sources = SourceMap([.root: span])
    }
}
