internal import Hagen

extension RuleContext {
    /// The span of a part of a text, which a fix may replace: known where the text stands in the source as it is, on one
    /// line, plain or between quotes without an escape.
    ///
    /// - Parameter bytes: of the text in UTF-8; what lies beyond its end is cut off.
    func textSpan(ofBytes bytes: Range<Int>, in text: String, at path: ModelPath) -> SourceSpan? {
        guard var span = textSpan(path), span.start.line == span.end.line else { return nil }
        let quotes = span.end.column - span.start.column - text.unicodeScalars.count
        guard quotes == 0 || quotes == 2 else { return nil }
        let all = Array(text.utf8)
        let first = String(decoding: all[..<min(bytes.lowerBound, all.count)], as: UTF8.self)
        let upTo = String(decoding: all[..<min(bytes.upperBound, all.count)], as: UTF8.self)
        let start = span.start.column + quotes / 2
        span.end.column = start + upTo.unicodeScalars.count
        span.start.column = start + first.unicodeScalars.count
        return span
    }
}
