import PromQL
import Testing

@testable import HagenCompiler
@testable import HagenRuntime

/// Goal: what rules know of metrics is what the monitor measures.
struct KnownMetricsTests {
    /// Goal: every metric that the monitor describes is known, and every known one is described.
    @Test func namesAreThoseOfTheMonitor() {
        for name in MetricCatalogue.named.keys { #expect(KnownMetrics.named(name) != nil, "\(name)") }
        for name in KnownMetrics.names {
            #expect(MetricCatalogue.description(of: name).help != "No description.", "\(name)")
        }
        #expect(KnownMetrics.named("node_memory_") == nil && KnownMetrics.named("up") == nil)
    }

    /// Goal: what is proposed for another tool's name is known.
    @Test func synonymsAreKnown() {
        for (other, name) in KnownMetrics.synonyms {
            #expect(KnownMetrics.named(other) == nil && KnownMetrics.named(name) != nil, "\(other)")
        }
    }

    /// Goal: whether a comparison can hold, and whether it must, at the ends of each kind of range.
    @Test func rangesAreJudged() {
        let share = MetricValues.share
        #expect(share.allow(.greater, 0.99) && !share.allow(.greater, 1) && share.allow(.greaterOrEqual, 1))
        #expect(share.allow(.less, 0.01) && !share.allow(.less, 0) && share.allow(.lessOrEqual, 0))
        #expect(share.force(.greaterOrEqual, 0) && !share.force(.greater, 0) && share.force(.less, 1.01))
        #expect(share.allow(.equal, 0.5) && !share.allow(.equal, 1.5) && share.force(.notEqual, -1))
        let flag = MetricValues.flag
        #expect(!flag.allow(.equal, 0.5) && flag.force(.notEqual, 2) && flag.allow(.notEqual, 1))
        #expect(MetricValues.one.force(.equal, 1) && !MetricValues.one.allow(.notEqual, 1))
        let count = MetricValues.count
        #expect(count.allow(.greater, 1e300) && !count.allow(.greater, .infinity) && !count.allow(.equal, .infinity))
        for comparison in [Comparison.equal, .less, .lessOrEqual, .greater, .greaterOrEqual] {
            #expect(!count.allow(comparison, .nan) && !count.force(comparison, .nan))
        }
    }
}
