/// Where something of another host is reached.
package struct HostAddress: Codable, Equatable, Sendable {
    package var host: String
    package var address: SocketAddress

    package init(host: String, address: SocketAddress) {
        self.host = host
        self.address = address
    }
}
