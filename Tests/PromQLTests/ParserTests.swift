import PromQL
import Testing

/// The goal: what the monitor evaluates is read as it was meant; wrong text and PromQL that is not evaluated yet are
/// told apart, each with the place.
@Suite struct ParserTests {
    @Test(arguments: [
        ("up == 0", Expression(VectorSelector(metric: "up"), .equal, 0)),
        ("0.85 < cpu", Expression(VectorSelector(metric: "cpu"), .greater, 0.85)),
        ("1 >= up", Expression(VectorSelector(metric: "up"), .lessOrEqual, 1)),
        ("1 != up", Expression(VectorSelector(metric: "up"), .notEqual, 1)),
        (
            "instance:node_cpu_utilisation:rate1m > 0.85",
            Expression(VectorSelector(metric: "instance:node_cpu_utilisation:rate1m"), .greater, 0.85)
        ),
        (
            "a{b=\"c\", d!='e',} < -1e3 # why",
            Expression(
                VectorSelector(metric: "a", matchers: [.init("b", .equal, "c"), .init("d", .notEqual, "e")]), .less,
                -1000)
        ),
        (
            "{__name__=\"up\"} <= +Inf",
            Expression(
                VectorSelector(metric: nil, matchers: [.init("__name__", .equal, "up")]), .lessOrEqual, .infinity)
        ),
        ("(( up\n) >= (0x1F))", Expression(VectorSelector(metric: "up"), .greaterOrEqual, 31)),
        ("up != nan", Expression(VectorSelector(metric: "up"), .notEqual, .nan)),
        ("up > 010", Expression(VectorSelector(metric: "up"), .greater, 8)),
        ("up > 08", Expression(VectorSelector(metric: "up"), .greater, 8)),
        ("up > .5", Expression(VectorSelector(metric: "up"), .greater, 0.5)),
        ("up > 5.", Expression(VectorSelector(metric: "up"), .greater, 5)),
        ("up > 1E-2", Expression(VectorSelector(metric: "up"), .greater, 0.01)),
        ("up > --3", Expression(VectorSelector(metric: "up"), .greater, 3)),
        ("up{} > 0", Expression(VectorSelector(metric: "up"), .greater, 0)),
        ("sum > 0", Expression(VectorSelector(metric: "sum"), .greater, 0)),
        (
            #"up{a="\x41\101\u00e9\n\"",b=`\n`} > 0"#,
            Expression(
                VectorSelector(
                    metric: "up", matchers: [.init("a", .equal, "AAé\n\""), .init("b", .equal, "\\n")]), .greater, 0)
        ),
    ])
    func isRead(text: String, expected: Expression) throws {
        let expression = try parse(text)
        #expect(expression == expected)
        #expect(try parse(expression.description) == expected, "printed: \(expression)")
    }

    /// Each is wrong in any version of PromQL; the range is the offending part.
    @Test(arguments: [
        ("", 0..<0), ("   # only a comment", 19..<19), ("up >", 4..<4), ("> 1", 0..<1), ("up > > 1", 5..<6),
        ("up = 1", 3..<4), ("up ! 1", 3..<4), ("up > 1 2", 7..<8), ("up > 1)", 6..<7), ("(up > 1", 7..<7),
        ("up{ > 1", 4..<5), ("up{a} > 1", 4..<5), ("up{a=b} > 1", 5..<6), ("up{a=\"b} > 1", 5..<12),
        ("up{a=\"b\nc\"} > 1", 5..<7), ("up{a=\"\\q\"} > 1", 6..<8), ("up{a=\"\\'\"} > 1", 6..<8),
        ("up{a=\"\\ud800\"} > 1", 6..<12), ("up{a=\"\\400\"} > 1", 6..<10), ("up{a=\"\\xff\"} > 1", 5..<11),
        ("up{a:b=\"c\"} > 1", 3..<6), ("up{__name__=\"x\"} > 1", 0..<16), ("{} > 1", 0..<2), ("{a=\"\"} > 1", 0..<6),
        ("{a!=\"b\"} > 1", 0..<8), ("1 > 2", 0..<5), ("up > 5x", 5..<7), ("up > 5s5m", 5..<9), ("up > 1.2.3", 5..<10),
        ("up > 0x", 5..<7), ("up > 1e", 5..<7), ("up > 1e999", 5..<10), ("up > 0x10000000000000000", 5..<24),
        ("\"a\" > 1", 0..<3),
        ("up > \"a\"", 5..<8), ("nosuch(up) > 1", 0..<6), ("rate(up) > 1", 5..<7), ("rate() > 1", 0..<6),
        ("sum(up[5m]) > 1", 4..<10), ("up[5m] > 1", 0..<6), ("up[] > 1", 3..<4), ("(up)[5m] > 1", 4..<8),
        ("up offset 5m [5m] > 1", 13..<17), ("(up) offset 5m > 1", 5..<14), ("up offset > 1", 10..<11),
        ("up and 1", 0..<8), ("up and bool up", 7..<11), ("up > on(a) 1", 5..<10), ("bool > 1", 0..<4),
        ("up > €1", 5..<8), ("up:1m[5m:1m:1m]", 11..<12), ("-\"a\"", 1..<4), ("topk(up) > 1", 0..<8),
    ])
    func isRefusedAsWrong(text: String, range: Range<Int>) {
        let error = #expect(throws: PromQLError.self) { try parse(text) }
        #expect(error?.kind == .syntax, "\(text): \(error?.message ?? "")")
        #expect(error?.range == range, "\(text): \(error?.message ?? "")")
        #expect(error?.message.isEmpty == false)
    }

    @Test(arguments: [
        ("rate(up[5m]) > 1", PromQLError.Feature.functions, 0..<12),
        ("2 - up > 1", .arithmetic, 0..<6),
        ("sum by (a) (up) > 1", .aggregations, 0..<15),
        ("SUM(rate(up[5m])) BY (a) > 1", .aggregations, 0..<24),
        ("topk(3, up) > 1", .aggregations, 0..<11),
        ("up[5m]", .rangeSelectors, 0..<6),
        ("up[5m:1m] offset 5m", .subqueries, 0..<9),
        ("up[5m:]", .subqueries, 0..<7),
        ("up offset 5m > 1", .offset, 3..<12),
        ("up offset -1h30m > 1", .offset, 3..<16),
        ("up @ 1609746000 > 1", .at, 3..<15),
        ("up @ end() > 1", .at, 3..<10),
        ("up / 2 > 1", .arithmetic, 0..<6),
        ("-up > 1", .arithmetic, 0..<3),
        ("up > 2 ^ -1", .arithmetic, 5..<11),
        ("up > a", .vectorMatching, 0..<6),
        ("up / on(a) group_left(b) c > 1", .vectorMatching, 0..<26),
        ("up and a", .setOperators, 0..<8),
        ("up > 1 or a > 2", .setOperators, 0..<15),
        ("a unless on() b", .setOperators, 0..<15),
        ("up >bool 1", .bool, 4..<8),
        ("1 >bool 2", .bool, 3..<7),
        ("up{a=~\"b.*\"} > 1", .regularExpressions, 3..<11),
        ("{__name__=~\"node_.*\"} > 1", .regularExpressions, 1..<20),
        ("{\"up\"} > 1", .quotedNames, 1..<5),
        ("{\"up\",\"a.b\"=\"c\"} > 1", .quotedNames, 1..<5),
        ("up > 5m", .durationsAsNumbers, 5..<7),
        ("up", .withoutComparison, 0..<2),
        ("(up)", .withoutComparison, 0..<4),
        ("1", .withoutComparison, 0..<1),
        ("\"a\"", .withoutComparison, 0..<3),
        ("up > 1 < 3", .chainedComparisons, 0..<10),
    ])
    func isRefusedAsNotSupported(text: String, feature: PromQLError.Feature, range: Range<Int>) {
        let error = #expect(throws: PromQLError.self) { try parse(text) }
        #expect(error?.kind == .notSupported(feature), "\(text): \(error?.message ?? "")")
        #expect(error?.range == range, "\(text): \(error?.message ?? "")")
    }

    /// Long and deep texts end in an error, not in a crash or a long wait.
    @Test func boundsHold() {
        let deep = String(repeating: "(", count: 30_000) + "up > 1" + String(repeating: ")", count: 30_000)
        #expect(refusal(of: deep) == .notSupported(.deepNesting))
        #expect(refusal(of: String(repeating: "-", count: 60_000) + "1 < up") == .notSupported(.deepNesting))
        #expect(refusal(of: "1" + String(repeating: "^1", count: 30_000) + "< up") == .notSupported(.deepNesting))
        #expect(refusal(of: "up > 1" + String(repeating: " ", count: 65_536)) == .notSupported(.longText))
        #expect(refusal(of: "a" + String(repeating: "+a", count: 30_000)) == .notSupported(.vectorMatching))
        let nested = String(repeating: "(", count: 90) + "up > 1" + String(repeating: ")", count: 90)
        #expect((try? parse(nested)) != nil)
    }

    /// 20,000 mutations of valid texts: each is read or refused, and whatever is read prints back to itself.
    @Test func mutationsDoNotCrash() throws {
        let seeds = [
            #"node_load1{instance="a",mode!='b'} >= 0x1F # c"#,
            "sum by (a) (rate(up[5m:1m] offset -5m @ end())) > bool 1",
            "0.85 < instance:node_cpu_utilisation:rate1m{x=`y`} ^ 2 or on (a) group_left b unless c",
        ].map { Array($0.utf8) }
        let insertions = Array(#"(){}[]"'`\,:=!~<>+-*/%^@#0x1e.5msinfé"#.utf8)
        var random = SplitMix(state: 20_260_101)
        var read = 0
        for round in 0..<20_000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes.insert(insertions.randomElement(using: &random)!, at: index)
                case 1: bytes[index] = insertions.randomElement(using: &random)!
                default: if bytes.count > 1 { bytes.remove(at: index) }
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            do throws(PromQLError) {
                let expression = try parse(text)
                read += 1
                #expect((try? parse(expression.description)) == expression, "\(text) printed as \(expression)")
            } catch {
                #expect(error.range.lowerBound >= 0 && error.range.upperBound <= text.utf8.count, "\(text)")
            }
        }
        #expect(read > 100)
    }

    private func refusal(of text: String) -> PromQLError.Kind? {
        do throws(PromQLError) {
            _ = try parse(text)
            return nil
        } catch {
            return error.kind
        }
    }
}

/// A generator whose sequence a seed fixes (Steele, Lea and Flood, 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
