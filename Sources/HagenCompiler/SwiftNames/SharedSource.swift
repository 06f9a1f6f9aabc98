/// The source of the types that all topologies of one target share. It needs no module but Swift's own, so that an
/// application that only wants to know an address links nothing for it.
package enum SharedSource {
    package static func text(access: SwiftSettings.Access) -> String {
        let open = access.prefix
        return """
            // Made by Hagen. An edit would be lost.

            /// The types of what Hagen says of topologies.
            \(open)enum \(NamesSource.sharedType) {
                /// Where a topology runs.
                \(open)enum Placement: Sendable {
                    /// On the hosts that it declares.
                    case declared
                    /// On this machine, each host with a loopback address of its own: 'hagen up'.
                    case loopback
                }

                /// An IP address and a port.
                \(open)struct Address: Hashable, Sendable, CustomStringConvertible {
                    /// IPv4 or IPv6, without brackets.
                    \(open)let ip: String
                    \(open)let port: Int

                    /// As in a URL: 'ADDRESS:PORT', and '[ADDRESS]:PORT' for IPv6.
                    \(open)var description: String { ip.contains(":") ? "[\\(ip)]:\\(port)" : "\\(ip):\\(port)" }
                }

                /// A computer.
                \(open)struct Host: Hashable, Sendable {
                    \(open)let name: String
                    /// What it fails together with.
                    \(open)let zone: String
                    fileprivate let texts: Texts

                    init(_ name: String, zone: String, _ declared: String, _ loopback: String) {
                        self.name = name
                        self.zone = zone
                        texts = Texts(declared, loopback)
                    }

                    /// Its IP address.
                    \(open)func address(in placement: Placement = .declared) -> String { texts[placement] }
                }

                /// A listener that spreads traffic.
                \(open)struct Balancer: Hashable, Sendable {
                    \(open)enum WireProtocol: Sendable { case tcp, http }

                    \(open)let name: String
                    \(open)let wireProtocol: WireProtocol
                    /// Whether clients speak TLS to it.
                    \(open)let isEncrypted: Bool
                    fileprivate let texts: Texts

                    init(
                        _ name: String, _ wireProtocol: WireProtocol, isEncrypted: Bool, _ declared: String,
                        _ loopback: String
                    ) {
                        self.name = name
                        self.wireProtocol = wireProtocol
                        self.isEncrypted = isEncrypted
                        texts = Texts(declared, loopback)
                    }

                    /// Where it listens: any of them will do.
                    \(open)func addresses(in placement: Placement = .declared) -> [Address] { texts.addresses(placement) }
                }

                /// Members of a cluster in a role.
                \(open)struct Endpoint: Hashable, Sendable {
                    \(open)enum Role: Sendable { case members, active, standbys, primary, replicas }

                    /// The cluster's name.
                    \(open)let cluster: String
                    \(open)let role: Role
                    /// The first declared balancer that leads there; 'nil' where none does.
                    \(open)let balancer: Balancer?
                    fileprivate let texts, virtual: Texts

                    init(
                        _ cluster: String, _ role: Role, _ balancer: Balancer?, _ declared: String, _ loopback: String,
                        virtual: String = ""
                    ) {
                        self.cluster = cluster
                        self.role = role
                        self.balancer = balancer
                        texts = Texts(declared, loopback)
                        // This machine takes no addresses of others.
                        self.virtual = Texts(virtual, "")
                    }

                    /// Where to connect: the addresses of the balancer or, without one, of what follows the role, of which
                    /// any will do. Where there is neither, those of all members, of which the application itself has to
                    /// find one that has the role.
                    \(open)func addresses(in placement: Placement = .declared) -> [Address] {
                        if let balancer { return balancer.addresses(in: placement) }
                        let virtual = virtual.addresses(placement)
                        return virtual.isEmpty ? memberAddresses(in: placement) : virtual
                    }

                    /// The addresses of all members of the cluster, whatever their role is now.
                    \(open)func memberAddresses(in placement: Placement = .declared) -> [Address] {
                        texts.addresses(placement)
                    }
                }

                /// Addresses with spaces between, for each placement: a literal of text costs no time to compile.
                fileprivate struct Texts: Hashable, Sendable {
                    let declared, loopback: String

                    init(_ declared: String, _ loopback: String) {
                        self.declared = declared
                        self.loopback = loopback
                    }

                    subscript(_ placement: Placement) -> String { placement == .declared ? declared : loopback }

                    func addresses(_ placement: Placement) -> [Address] {
                        self[placement].split(separator: " ").compactMap { text in
                            guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...])
                            else { return nil }
                            return Address(ip: text[..<colon].filter { $0 != "[" && $0 != "]" }, port: port)
                        }
                    }
                }
            }

            """
    }
}
