internal import Hagen

/// Alerts that leave the networks of the team in clear.
struct WebhookInClear: Rule {
    let code = DiagnosticCode(174)
    let title = "webhook in clear"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "A receiver whose URL begins with http:// and leads out of the team's networks: to a name with a "
            + "dot in it that is not local (.internal, .local, .lan), or to an address that is not private.",
        why: "Alerts say which systems are weak at this moment, and the URL of a webhook is often a secret "
            + "itself. In clear, both can be read on the way, and alerts can be swallowed.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
            monitoring:
              receivers:
                - {name: oncall, webhook: {url: "http://hooks.example.com/alerts"}}
              alerts:
                - {alert: store-lost, expr: hagen_store_reachable == 0, receiver: oncall}
            """,
        fix: "Use https. Where the name leads to a host of your own, write its address or its local name.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
        monitoring:
          receivers:
            - {name: oncall, webhook: {url: "https://hooks.example.com/alerts"}}
          alerts:
            - {alert: store-lost, expr: hagen_store_reachable == 0, receiver: oncall}
        """

    private static let localEndings = [".internal", ".local", ".lan", ".localdomain", ".localhost", ".home.arpa"]

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.monitoring.receivers.enumerated().compactMap { index, receiver in
            guard case .webhook(.plain(let url)) = receiver.channel, WebAddress.isValid(url),
                url.lowercased().hasPrefix("http://"), let host = Self.host(of: url), !Self.isLocal(host)
            else { return nil }
            let path = ModelPath.root["monitoring"]["receivers"][index]["channel"]["url"]
            return finding(
                "alerts for receiver '\(receiver.name)' go to '\(host)' in clear", at: context.span(path),
                label: "plain HTTP", help: ["use https, or a credential that holds such a URL"],
                fixes: context.textSpan(ofBytes: 0..<4, in: url, at: path).map {
                    [.init("write 'https'", [.init($0, "https")], .maybe)]
                } ?? [])
        }
    }

    /// Of a valid URL, without brackets.
    private static func host(of url: String) -> String? {
        var authority = url.dropFirst("http://".count).prefix { !"/?#".contains($0) }
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        if authority.first == "[" {
            return authority.dropFirst().firstIndex(of: "]").map { String(authority.dropFirst()[..<$0]) }
        }
        return String(authority.prefix { $0 != ":" })
    }

    private static func isLocal(_ host: String) -> Bool {
        if let address = IPAddress(host) { return address.isPrivate }
        let name = host.lowercased()
        return !name.contains(".") || localEndings.contains { name.hasSuffix($0) }
    }
}

extension IPAddress {
    /// Whether it is not routed in the internet: loopback, link-local, and those of RFC 1918, RFC 4193 and RFC 6598.
    fileprivate var isPrivate: Bool {
        if isLoopback { return true }
        if isIPv6 { return bytes[0] & 0xFE == 0xFC || bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80 }
        return switch (bytes[0], bytes[1]) {
        case (10, _), (172, 16...31), (192, 168), (169, 254), (100, 64...127): true
        default: false
        }
    }
}
