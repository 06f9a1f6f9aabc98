import Foundation
import Hagen
import Testing

@testable import HagenRuntime

/// Goal: orders are taken from root and from whoever runs the agent, as the kernel says who asks, and from nobody else, planned
/// ones like those at once; a refused one leaves no record in the store.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct OrderPermissionTests {
    /// Asks as the user `nobody`, who is let in by the socket's mode for once.
    private static let stranger = """
        import os, socket, sys
        s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
        s.connect(sys.argv[1]); s.sendall(sys.argv[2].encode() + b"\\n")
        print(s.makefile().read())
        """

    @Test(.enabled(if: getuid() == 0, "needs root, to ask as somebody else")) func strangersGiveNoOrders() async throws
    {
        let hosts = try FailoverHosts(["a", "b"])
        try await hosts.start()
        let socket = hosts.directory.path + "/a/run/control.sock"
        // Everything above the socket is opened to others, so that the agent alone refuses.
        for path in ["", "/a", "/a/run"] { #expect(chmod(hosts.directory.path + path, 0o755) == 0) }
        #expect(chmod(socket, 0o666) == 0)
        let orders: [OrderRequest.Order] = [
            .pause(cluster: FailoverHosts.cluster), .resume(cluster: FailoverHosts.cluster), .drain(host: "b"),
            .undrain(host: "b"), .switchover(cluster: FailoverHosts.cluster, target: nil, schedule: .now),
            .switchover(
                cluster: FailoverHosts.cluster, target: "b",
                schedule: .at(WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000) + 3_600_000))),
            .switchover(cluster: FailoverHosts.cluster, target: nil, schedule: .inWindow),
        ]
        for order in orders {
            let request = String(
                decoding: try JSONEncoder().encode(ControlRequest.order(OrderRequest(order))), as: UTF8.self)
            let answer = try TwoHosts.run(["/usr/bin/python3", "-c", Self.stranger, socket, request])
            #expect(answer.contains("orders are taken from root alone"), "\(order): \(answer)")
        }
        // It may ask how the agent is: the socket let it in.
        let status = String(decoding: try JSONEncoder().encode(ControlRequest.status), as: UTF8.self)
        #expect(try TwoHosts.run(["/usr/bin/python3", "-c", Self.stranger, socket, status]).contains("\"failover\""))
        let seen = try await hosts.status(of: "a")
        #expect(seen.pause == nil)
        #expect(seen.switchover == nil)

        let answer = try await ControlClient.ask(
            .order(OrderRequest(.pause(cluster: FailoverHosts.cluster), reason: "test")), at: socket)
        guard case .ordered = answer else { Issue.record("root was refused: \(answer)"); return }
        let paused = try await hosts.waitUntil("a") { $0.pause != nil }
        #expect(paused.pause?.reason == "test")
    }

    @Test func onlyRootAndTheAgentsOwnUserMayGiveOrders() {
        #expect(ControlPeer(userID: 0).mayGiveOrders)
        #expect(ControlPeer(userID: geteuid()).mayGiveOrders)
        #expect(!ControlPeer(userID: geteuid() + 1).mayGiveOrders)
        #expect(!ControlPeer(userID: nil).mayGiveOrders)
    }
}
