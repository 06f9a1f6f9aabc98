/// The form of an `http` or `https` URL that a webhook can have.
package enum WebAddress {
    /// Whether the text is `http://HOST` or `https://HOST`, with a port of 1 to 65535, a path and a query where wanted, in
    /// visible ASCII. The host is a name or an address, IPv6 in brackets.
    package static func isValid(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) })
        else { return false }
        var authority = text.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]"),
                let address = IPAddress(authority[authority.index(after: authority.startIndex)..<end]), address.isIPv6
            else { return false }
            return isPort(authority[authority.index(after: end)...])
        }
        let host = authority.prefix { $0 != ":" }
        return !host.isEmpty && !host.hasPrefix(".") && host.utf8.allSatisfy(isHostByte)
            && isPort(authority.dropFirst(host.count))
    }

    /// Nothing, or a colon and a number.
    private static func isPort(_ text: Substring) -> Bool {
        guard text.first == ":" else { return text.isEmpty }
        return Int(decimal: text.dropFirst()).map(ListenAddress.ports.contains) ?? false
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-._".utf8.contains(byte)
    }
}
