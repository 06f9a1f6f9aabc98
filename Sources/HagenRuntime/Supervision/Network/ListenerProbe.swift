package import Hagen

/// Whether something on this host accepts TCP connections to a place, also where the host does not have the address now: a
/// balancer waits on a virtual IP that another host holds. The kernel is asked; no connection is made.
package enum ListenerProbe {
    /// - Throws: in words, where the kernel does not say.
    package static func listens(at place: SocketAddress) throws(EngineFailure) -> Bool {
        do throws(NetlinkSocket.Refusal) {
            return try LocalSockets().listens(at: place)
        } catch {
            throw EngineFailure("cannot tell what listens on this host: \(error.description)")
        }
    }
}
