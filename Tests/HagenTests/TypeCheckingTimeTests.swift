import Foundation
import Testing

/// A body of a hundred plain declarations type-checks in about a second of processor time.
@Suite(.serialized) struct TypeCheckingTimeTests {
    /// Machines differ; far beyond this a builder has become slow.
    static let limitInSeconds = 4.0

    @Test(arguments: Body.allCases)
    func hundredDeclarations(_ body: Body) async throws {
        let folder = try Repository.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "Body.swift")
        try (Self.preamble + body.declarations.joined(separator: "\n") + "\n}\n")
            .write(to: file, atomically: true, encoding: .utf8)
        let result = try await run(
            [
                "swiftc", "-typecheck", "-parse-as-library", "-swift-version", "6", "-I",
                try Repository.modules.path, file.path,
            ])
        #expect(result.exitCode == 0, "\(result.standardError)")
        #expect(body.declarations.count == 100)
        #expect(result.userSeconds < Self.limitInSeconds)
        print("type-checking 100 declarations, \(body): \(result.userSeconds) s of user time")
    }

    static let preamble = """
        import Hagen
        extension Zone { static let a = Zone("eu-1a") }
        extension Host { static let a1 = Host("a1", address: "10.0.1.11/24", zone: .a) }
        extension Receiver { static let oncall = Receiver("oncall", .webhook("http://127.0.0.1:9000/")) }
        let api = LoadBalancingCluster("api", running: .process("/usr/bin/api", port: 8080), on: [.a1])
        let topology = Topology("large") {

        """

    enum Body: CaseIterable {
        case alerts, mixed

        var declarations: [String] {
            (0..<100).map { index in
                switch self {
                case .alerts: Self.alert(index)
                case .mixed:
                    switch index % 5 {
                    case 0:
                        "HTTPBalancer(\"h\(index)\", on: [.a1], listen: 80, to: api.members, strategy: .leastConnections)"
                    case 1: "TCPBalancer(\"t\(index)\", on: [.a1], listen: 81, to: api.members, check: .tcp())"
                    case 2:
                        """
                        FailoverCluster("f\(index)", .activePassive, running: .process("/usr/bin/f", port: 9000)) {
                            Member(.a1, priority: 200)
                            Lease(.seconds(1), renewedEvery: .milliseconds(250))
                        }
                        """
                    case 3: "Objective(\"o\(index)\", of: api, availability: .percent(99.9), window: .days(30))"
                    default: Self.alert(index)
                    }
                }
            }
        }

        private static func alert(_ index: Int) -> String {
            "Alert(\"a\(index)\", when: .cpu > .percent(85), for: .minutes(5), severity: .warning, notify: .oncall)"
        }
    }
}
