import Foundation
import HagenEngine
import Testing

@testable import HagenRuntime

/// Goal: an upgrade in place needs no failover: agents and supervisors of different releases understand what keeps a workload
/// running. The texts were recorded from the first release and do not change.
struct SupervisorMessagesTests {
    private static let permit = Permit(epoch: 3, deadline: Instant(nanoseconds: 5_000_000_000))
    private static let requests: [(String, SupervisorRequest.Order)] = [
        (#"{"version":1,"number":7,"order":{"settle":{"run":2}}}"#, .settle(run: 2)),
        (
            #"{"version":1,"number":7,"order":{"extend":{"run":2,"permit":{"epoch":3,"deadline":5000000000}}}}"#,
            .extend(run: 2, permit: permit)
        ),
        (
            #"{"version":1,"number":7,"order":{"promote":{"run":2,"permit":{"epoch":3,"deadline":5000000000}}}}"#,
            .promote(run: 2, permit: permit)
        ),
        (#"{"version":1,"number":7,"order":{"stop":{"run":2}}}"#, .stop(run: 2)),
        (#"{"version":1,"number":7,"order":{"kill":{"run":2}}}"#, .kill(run: 2)),
        (#"{"version":1,"number":7,"order":{"leave":{}}}"#, .leave),
    ]

    /// A supervisor understands the first release's agent.
    @Test func oldRequestsAreUnderstood() throws {
        for (text, order) in Self.requests {
            let request = try JSONDecoder().decode(SupervisorRequest.self, from: Data(text.utf8))
            #expect(request == SupervisorRequest(order, number: 7))
        }
    }

    /// The first release's supervisor gets what it knows, and nothing else.
    @Test func requestsHaveTheOldForm() throws {
        for (text, order) in Self.requests {
            let encoded = try JSONEncoder().encode(SupervisorRequest(order, number: 7))
            let (old, new) = (try object(Data(text.utf8)), try object(encoded))
            #expect(old.isEqual(new), "\(String(decoding: encoded, as: UTF8.self))")
        }
    }

    /// An agent understands the first release's supervisor, and knows it for one.
    @Test func oldRepliesAreUnderstood() throws {
        let text =
            #"{"version":1,"number":7,"processID":42,"report":{"run":2,"state":"running","processID":43,"role":"active","permit":{"epoch":3,"deadline":5000000000}}}"#
        let reply = try JSONDecoder().decode(SupervisorReply.self, from: Data(text.utf8))
        #expect(
            reply.report
                == SupervisorReport(run: 2, state: .running, processID: 43, role: .active, permit: Self.permit))
        #expect(reply.revision == nil && reply.number == 7 && reply.processID == 42)
    }

    private func object(_ json: Data) throws -> NSDictionary {
        try #require(try JSONSerialization.jsonObject(with: json) as? NSDictionary)
    }
}
