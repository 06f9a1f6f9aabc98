internal import Glibc
internal import NIOCore

/// Who is at the other end of a control connection, as the kernel says.
package struct ControlPeer: Equatable, Sendable {
    /// `nil` where the kernel does not say.
    package var userID: UInt32?

    package init(userID: UInt32?) { self.userID = userID }

    /// As `struct ucred` of the kernel has it.
    private struct Credentials {
        var process: Int32 = 0
        var user: UInt32 = 0
        var group: UInt32 = 0
    }

    init(of channel: any Channel) async {
        guard let options = channel as? any SocketOptionProvider else { return }
        let credentials: Credentials? = try? await options.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        ).get()
        userID = credentials?.user
    }

    /// Root, and who runs the agent itself. The other engines share its group, may ask how it is, and face clients.
    var mayGiveOrders: Bool { userID == 0 || userID == geteuid() }

    /// The user's name, or `user 1000` where it has none. It may have to be looked up beyond this host, which takes time.
    var user: String {
        guard let userID else { return "somebody" }
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        guard getpwuid_r(userID, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name
        else { return "user \(userID)" }
        return String(cString: name)
    }
}
