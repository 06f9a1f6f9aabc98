import CLinux
import Glibc
import Hagen
import HagenProxy
import Testing

/// Descriptors that are given, and descriptors that are lacking.
struct DescriptorTests {
    /// In a process of its own, because the limit is one of the process.
    @Test("Without a free descriptor new clients wait, nothing spins, and they are served once there are some")
    func shortage() async {
        await #expect(processExitsWith: .success) {
            let backend = try TestServer.named("b0")
            let proxy = try TestProxy(.http, [backend.address])
            let wires = (0..<5).map { _ in
                Wire(adopting: socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
            }
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let usual = limit.rlim_cur
            // The lowest free number becomes the limit: not one more can be opened.
            let lowest = dup(0)
            close(lowest)
            limit.rlim_cur = rlim_t(lowest)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            for wire in wires {
                let result = withSocketAddress(proxy.address) { connect(wire.descriptor, $0, $1) }
                #expect(result == 0, "error \(errno)")
                try wire.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
            }
            var before = rusage()
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &before)
            #expect(!eventually(within: .milliseconds(400)) { proxy.statistics.totalConnections > 0 })
            var after = rusage()
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &after)
            let used =
                (after.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_utime.tv_usec - before.ru_stime.tv_usec)
                + 1_000_000
                * (after.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_utime.tv_sec - before.ru_stime.tv_sec)
            #expect(used < 150_000, "\(used) microseconds of processor time while waiting")
            limit.rlim_cur = usual
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            for wire in wires {
                #expect(try HTTPReader(wire).next()?.text == "b0")
                wire.close()
            }
            proxy.server.stop()
            backend.stop()
        }
    }

    @Test(
        "A listening socket that the process was given is used where its address matches, by all loops, and is left open"
    )
    func inherited() throws {
        let backend = try TestServer.named("b0")
        defer { backend.stop() }
        let address = try TestProxy.freeAddress()
        var raw = linux_socket_address()
        raw.port = UInt16(address.port)
        withUnsafeMutableBytes(of: &raw) { $0.copyBytes(from: address.address.bytes) }
        let given = linux_listen(&raw, 0, 16)
        #expect(given >= 0)
        defer { close(given) }
        let proxy = try TestProxy(.http, [backend.address], inherited: [given]) { $0.listen = [address] }
        for _ in 0..<20 { #expect(try proxy.get()?.text == "b0") }
        proxy.server.stop()
        // Whoever gave the socket keeps it: clients queue up for the next balancer instead of being refused.
        let waiting = try proxy.connect()
        defer { waiting.close() }
        let next = try TestProxy(.http, [backend.address], inherited: [given]) { $0.listen = [address] }
        defer { next.server.stop() }
        try waiting.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
        #expect(try HTTPReader(waiting).next()?.text == "b0")
    }
}
