/// How to reach the store, and which keys are this topology's.
package struct StoreAddress: Codable, Equatable, Sendable {
    package enum Kind: String, Codable, Equatable, Sendable {
        /// `hagend coordinator`.
        case embedded
        /// A cluster of etcd, by the JSON gateway of its version 3 interface.
        case etcd
    }

    /// Names of credentials, each the name of a PEM file in `CREDENTIALS_DIRECTORY`. The same names stand on every host;
    /// what they hold may differ.
    package struct TLS: Codable, Equatable, Sendable {
        /// The certificates of the authorities that sign the store's certificates.
        package var authority: String
        /// The certificate that the client shows, with those between it and an authority.
        package var certificate: String
        /// The certificate's private key.
        package var key: String

        package init(authority: String, certificate: String, key: String) {
            self.authority = authority
            self.certificate = certificate
            self.key = key
        }
    }

    package var kind: Kind
    /// Base addresses, such as `http://127.0.0.1:2379`; at least one. With `tls` they are `https://`.
    package var endpoints: [String]
    /// Every key of the topology starts with it; ends with `/`.
    package var prefix: String
    /// `nil`: in clear.
    package var tls: TLS?

    package init(kind: Kind = .embedded, endpoints: [String], prefix: String, tls: TLS? = nil) {
        self.kind = kind
        self.endpoints = endpoints
        self.prefix = prefix
        self.tls = tls
    }
}
