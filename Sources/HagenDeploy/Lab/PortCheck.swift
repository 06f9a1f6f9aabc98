internal import Foundation
package import Hagen

/// Finds out before the start which addresses of a release are taken by somebody else.
package enum PortCheck {
    private struct Listener {
        let address: SocketAddress
        let type: __socket_type
        let user: String
    }

    /// - Throws: `DeployError` that names every taken address and who wanted it.
    package static func check(_ release: Release) throws {
        let taken = listeners(of: release).compactMap { listener -> String? in
            guard let reason = reasonNotToBind(listener) else { return nil }
            return "  \(listener.address) for \(listener.user): \(reason)"
        }
        guard taken.isEmpty else {
            throw DeployError(
                "the lab cannot listen where it must:\n" + taken.joined(separator: "\n"),
                advice: "See who does with 'ss -lntup', end it or choose other ports in the topology.")
        }
    }

    private static func listeners(of release: Release) -> [Listener] {
        var listeners: [Listener] = []
        if let coordinator = release.coordinator {
            listeners.append(Listener(address: coordinator.listen, type: SOCK_STREAM, user: "the coordinator"))
        }
        for host in release.hosts {
            if let coordinator = host.coordinator {
                listeners.append(
                    Listener(address: coordinator.listen, type: SOCK_STREAM, user: "the coordinator of \(host.name)"))
            }
            if let heartbeat = host.failover?.heartbeat {
                listeners.append(
                    Listener(address: heartbeat.listen, type: SOCK_DGRAM, user: "the heartbeats of \(host.name)"))
            }
            for cluster in host.failover?.clusters ?? [] {
                guard let port = cluster.port, let address = IPAddress(cluster.address) else { continue }
                listeners.append(
                    Listener(
                        address: SocketAddress(address, port: port), type: SOCK_STREAM,
                        user: "the member of cluster '\(cluster.name)' on \(host.name)"))
            }
            for balancer in host.balancer?.listeners ?? [] {
                listeners += balancer.listen.map {
                    Listener(address: $0, type: SOCK_STREAM, user: "balancer '\(balancer.name)' on \(host.name)")
                }
            }
            if let monitor = host.monitor {
                listeners.append(
                    Listener(address: monitor.listen, type: SOCK_STREAM, user: "the monitor of \(host.name)"))
            }
        }
        return listeners
    }

    /// What the kernel says to a socket bound there; `nil` when it is free.
    private static func reasonNotToBind(_ listener: Listener) -> String? {
        let family = listener.address.address.isIPv6 ? AF_INET6 : AF_INET
        let descriptor = socket(family, Int32(listener.type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return SystemCalls.lastError }
        defer { _ = close(descriptor) }
        if listener.type == SOCK_STREAM {
            // Connections of an earlier lab that the kernel still remembers are no obstacle.
            var one: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        }
        let result = listener.address.withSockaddr { bind(descriptor, $0, $1) }
        return result == 0 ? nil : SystemCalls.lastError
    }
}

extension SocketAddress {
    func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        if address.isIPv6 {
            var native = sockaddr_in6()
            native.sin6_family = sa_family_t(AF_INET6)
            native.sin6_port = in_port_t(port).bigEndian
            withUnsafeMutableBytes(of: &native.sin6_addr) { $0.copyBytes(from: address.bytes) }
            return withUnsafePointer(to: &native) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
        var native = sockaddr_in()
        native.sin_family = sa_family_t(AF_INET)
        native.sin_port = in_port_t(port).bigEndian
        withUnsafeMutableBytes(of: &native.sin_addr) { $0.copyBytes(from: address.bytes) }
        return withUnsafePointer(to: &native) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
