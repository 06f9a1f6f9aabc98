import PromQL
import Testing

/// The goal: an expression yields exactly the series that match and compare, with their values, in a fixed order.
@Suite struct EvaluatorTests {
    private struct Source: SeriesSource {
        var samples: [Sample]
        func instantVector(_ selector: VectorSelector) -> [Sample] { samples.filter { selector.matches($0.labels) } }
    }

    private let source = Source(samples: [
        Sample(labels: Labels(metric: "load", ["host": "c"]), value: 3),
        Sample(labels: Labels(metric: "load", ["host": "a", "zone": "z"]), value: 5),
        Sample(labels: Labels(metric: "load", ["host": "b"]), value: .nan),
        Sample(labels: Labels(metric: "other", ["host": "a"]), value: 9),
    ])

    @Test(arguments: [
        ("load > 2", ["load{host=\"a\",zone=\"z\"}", "load{host=\"c\"}"]),
        ("load > 3", ["load{host=\"a\",zone=\"z\"}"]),
        ("3 <= load", ["load{host=\"a\",zone=\"z\"}", "load{host=\"c\"}"]),
        ("load != 3", ["load{host=\"a\",zone=\"z\"}", "load{host=\"b\"}"]),
        ("load == NaN", []),
        ("load{zone=\"\"} >= 0", ["load{host=\"c\"}"]),
        ("load{zone!=\"\"} >= 0", ["load{host=\"a\",zone=\"z\"}"]),
        ("{host=\"a\"} > 0", ["load{host=\"a\",zone=\"z\"}", "other{host=\"a\"}"]),
        ("nothing > 0", []),
    ])
    func yields(text: String, series: [String]) throws {
        #expect(try parse(text).evaluate(over: source).map(\.labels.description) == series)
    }

    @Test(arguments: [
        (4.0, "4"), (0.85, "0.85"), (-0.0, "-0"), (1e20, "1e+20"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
        (.nan, "NaN"), (1.5e-7, "1.5e-07"),
    ])
    func numbersAreWrittenShort(number: Double, text: String) {
        #expect(formatted(number) == text)
    }

    /// Labels are a set of pairs, whatever the order in which they were given.
    @Test func labelsAreSortedAndUnique() {
        #expect(
            Labels([(key: "b", value: "1"), (key: "a", value: "2"), (key: "b", value: "3")]) == ["a": "2", "b": "3"])
        #expect(Labels(["a": ""]) == Labels())
        #expect((Labels(metric: "m", ["a": "1"]) as Labels).withoutMetric == ["a": "1"])
        #expect((["a": "1"] as Labels) < ["a": "2"])
    }
}
