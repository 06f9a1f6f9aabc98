internal import Hagen
internal import PromQL

/// The expressions of a topology's alerts, read.
enum AlertExpressions {
    struct Fault {
        var alert: String
        var error: PromQLError
        var span: SourceSpan?
    }

    /// Those that cannot be evaluated.
    static func faults(_ context: RuleContext) -> [Fault] {
        var faults: [Fault] = []
        for (index, alert) in context.model.monitoring.alerts.enumerated() {
            let path = ModelPath.root["monitoring"]["alerts"][index]["expression"]
            do throws(PromQLError) {
                _ = try parse(alert.expression)
            } catch {
                let part = context.textSpan(ofBytes: error.range, in: alert.expression, at: path)
                faults.append(Fault(alert: alert.name, error: error, span: part ?? context.span(path)))
            }
        }
        return faults
    }

    /// One that can be evaluated.
    struct Parsed {
        /// Of the alert in the model's list.
        var index: Int
        var name: String
        var text: String
        var expression: Expression
        var path: ModelPath { ModelPath.root["monitoring"]["alerts"][index]["expression"] }

        /// The bytes of the number behind the comparison, where the text ends with it.
        var numberRange: Range<Int>? {
            let bytes = Array(text.utf8)
            let start = bytes.lastIndex { !"0123456789.".utf8.contains($0) }.map { $0 + 1 } ?? 0
            guard Double(String(decoding: bytes[start...], as: UTF8.self)) == expression.number else { return nil }
            return start..<bytes.count
        }

        /// The bytes of a word that stands exactly once in the text behind the mark, and is no part of a longer one.
        func range(of word: String, behind mark: String = "") -> Range<Int>? {
            let (bytes, word) = (Array(text.utf8), Array(word.utf8))
            let begin = mark.utf8.first.map { mark in bytes.firstIndex(of: mark) ?? bytes.count } ?? 0
            guard !word.isEmpty, bytes.count >= begin + word.count else { return nil }
            let places = (begin...(bytes.count - word.count)).filter { place in
                bytes[place..<(place + word.count)].elementsEqual(word)
                    && !(place > 0 && Self.isOfWord(bytes[place - 1]))
                    && !(place + word.count < bytes.count && Self.isOfWord(bytes[place + word.count]))
            }
            return places.count == 1 ? places[0]..<(places[0] + word.count) : nil
        }

        private static func isOfWord(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "_:-.".utf8.contains(byte)
        }
    }

    static func parsed(_ context: RuleContext) -> [Parsed] {
        context.model.monitoring.alerts.enumerated().compactMap { index, alert in
            (try? parse(alert.expression)).map {
                Parsed(index: index, name: alert.name, text: alert.expression, expression: $0)
            }
        }
    }
}
