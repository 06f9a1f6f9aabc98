import Foundation
import Testing

@testable import Hagen

/// Addresses are read in every form that the standards allow, printed in one, and refused in all others.
@Suite struct AddressTests {
    /// The first forms are the examples of RFC 5952.
    @Test(arguments: [
        ("2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"), ("2001:DB8::1", "2001:db8::1"),
        ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"), ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:db8:aaaa:bbbb:cccc:dddd:eeee:AAAA", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("::ffff:c000:201", "::ffff:192.0.2.1"), ("::", "::"),
        ("0:0:0:0:0:0:0:0", "::"),
        ("::1", "::1"), ("1::", "1::"), ("fe80::1", "fe80::1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ("10.0.0.11", "10.0.0.11"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
    ])
    func addresses(text: String, canonical: String) {
        #expect(IPAddress(text)?.description == canonical)
        #expect(IPAddress(canonical) == IPAddress(text))
    }

    @Test(arguments: [
        "", "10.0.0", "10.0.0.0.1", "10.0.0.256", "10.0.0.01", "10.0.0.+1", "10.0.0.", " 10.0.0.1", "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9", "1::2::3", ":::", "12345::", "g::", ":1", "1:", "::1%eth0", "1:2:3:4:5:6:7:8::",
        "::10.0.0.256", "10.0.0.1::", "a1", "[::1]",
    ])
    func notAddresses(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.255.0.3", true), ("::1", true), ("10.0.0.1", false), ("::2", false),
    ])
    func loopback(text: String, isLoopback: Bool) {
        #expect(IPAddress(text)?.isLoopback == isLoopback)
    }

    @Test(arguments: [
        ("10.0.0.11/24", "10.0.0.200", true), ("10.0.0.11/24", "10.0.1.1", false), ("10.0.0.11/23", "10.0.1.1", true),
        ("10.0.0.11", "10.0.0.11", true), ("10.0.0.11", "10.0.0.12", false), ("0.0.0.0/0", "192.0.2.1", true),
        ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
        ("10.0.0.0/8", "::1", false),
    ])
    func networks(network: String, address: String, isInside: Bool) throws {
        let network = try #require(AddressWithPrefix(network))
        #expect(network.contains(try #require(IPAddress(address))) == isInside)
    }

    @Test(arguments: [
        "10.0.0.11/33", "10.0.0.11/-1", "10.0.0.11/", "10.0.0.11/+8", "10.0.0.11/08", "10.0.0.11/24/8", "::/129", "/24",
    ])
    func notNetworks(text: String) {
        #expect(AddressWithPrefix(text) == nil)
    }

    @Test(arguments: [
        ("10.0.0.1:443", "10.0.0.1:443"), ("[::1]:80", "[::1]:80"), ("[2001:DB8::1]:65535", "[2001:db8::1]:65535"),
    ])
    func socketAddresses(text: String, canonical: String) throws {
        let address = try #require(SocketAddress(text))
        #expect(address.description == canonical)
        #expect(try JSONDecoder().decode(SocketAddress.self, from: JSONEncoder().encode(address)) == address)
    }

    @Test(arguments: [
        "10.0.0.1", "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:65536", "10.0.0.1:+80", "10.0.0.1:080", "::1:80",
        "[10.0.0.1]:80",
        "[::1]", "web:80", ":80",
    ])
    func notSocketAddresses(text: String) {
        #expect(SocketAddress(text) == nil)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(SocketAddress.self, from: JSONEncoder().encode(text))
        }
    }

    @Test func listenAddresses() throws {
        let everywhere: ListenAddress = 443
        #expect(everywhere == .port(443))
        #expect(everywhere == "443")
        #expect(try #require(everywhere.parsed).address == nil)
        #expect(try #require(everywhere.parsed).port == 443)
        let one: ListenAddress = "[::1]:8080"
        #expect(try #require(one.parsed).address == IPAddress("::1"))
        #expect(try #require(one.parsed).port == 8080)
        for wrong: ListenAddress in [0, -1, 65536, "", "+443", "0443", "web:80", "10.0.0.1"] {
            #expect(wrong.parsed == nil, "\(wrong.text)")
        }
    }
}
