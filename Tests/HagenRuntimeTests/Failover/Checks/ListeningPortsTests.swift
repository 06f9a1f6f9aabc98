import Foundation
import Hagen
import Testing

@testable import HagenRuntime

/// Goal: a gate sees who listens, by the kernel's own tables, whatever address the listener chose.
@Suite struct ListeningPortsTests {
    @Test func addressesOfBothFamiliesAreFound() {
        let four = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0
               1: 0100007F:1F91 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0
            """
        let six = """
              sl  local_address                         remote_address                        st
               0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0
               1: B80D0120000000000000000001000000:01BB 00000000000000000000000000000000:0000 0A 0
            """
        let ports = ListeningPorts(tables: [four, six])
        for (address, port, isThere) in [
            ("127.0.0.1", 8080, true), ("127.0.0.1", 8081, false), ("127.0.0.2", 8080, false), ("10.9.8.7", 80, true),
            ("2001:db8::1", 443, true), ("2001:db8::2", 443, false), ("2001:db8::2", 80, true),
        ] {
            let target = IPAddress(address).map { SocketAddress($0, port: port) }
            #expect(target.map { ports.contain($0) } == isThere, "\(address):\(port)")
        }
    }

    @Test func aRealListenerIsSeenUntilItIsClosed() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0005).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 1) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(isBound)
        let port = Int(UInt16(bigEndian: name.sin_port))
        #expect(try isListening("127.0.0.5", port))
        #expect(try !isListening("127.0.0.6", port))
        #expect(try !isListening("::1", port))
        close(descriptor)
        #expect(try !isListening("127.0.0.5", port))
    }

    /// A listener that takes IPv6 alone does not open the gate of an IPv4 address.
    @Test func oneForIPv6AloneServesNoIPv4() throws {
        for isAlone in [true, false] {
            let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var option: Int32 = isAlone ? 1 : 0
            try #require(
                setsockopt(
                    descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &option, socklen_t(MemoryLayout<Int32>.size)) == 0)
            var name = sockaddr_in6()
            var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            let isNamed = withUnsafeMutablePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    listen(descriptor, 1) == 0 && getsockname(descriptor, $0, &length) == 0
                }
            }
            try #require(isNamed)
            let port = Int(UInt16(bigEndian: name.sin6_port))
            #expect(try isListening("192.0.2.1", port) == !isAlone)
            #expect(try isListening("2001:db8::1", port))
        }
    }

    /// A listener at every address serves both families, at addresses that this host does not have too.
    @Test func aWildcardServesBothFamilies() throws {
        let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var name = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let isNamed = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                listen(descriptor, 1) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(isNamed)
        for address in ["192.0.2.1", "2001:db8::1"] {
            #expect(try isListening(address, Int(UInt16(bigEndian: name.sin6_port))))
        }
    }

    private func isListening(_ address: String, _ port: Int) throws -> Bool {
        ListeningPorts.read().contain(Hagen.SocketAddress(try #require(IPAddress(address)), port: port))
    }
}
