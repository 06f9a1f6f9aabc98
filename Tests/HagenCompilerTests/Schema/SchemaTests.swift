import Foundation
import Hagen
import Testing

@testable import HagenCompiler

@Suite("The schema for editors")
struct SchemaTests {
    @Test("It is the schema that was recorded, and the same each time")
    func snapshot() throws {
        #expect(TopologySchema.text == TopologySchema.text)
        try Snapshot.expect(TopologySchema.text, matches: "Schema/hagen.schema.json")
    }

    @Test("Every form of text has a pattern that accepts what the reader accepts, and nothing else")
    func patternsAgreeWithTheReader() throws {
        for form in TextForm.allCases {
            let pattern = try form.pattern.map { try Regex($0) }
            for text in Self.samples {
                let matches =
                    try pattern.map { try $0.firstMatch(in: text) != nil } ?? (form == .argument || text != "")
                #expect(matches == form.accepts(text), "\(form): '\(text)'")
            }
            #expect(Self.samples.contains { form.accepts($0) }, "\(form)")
        }
    }

    private static let samples: [String] = {
        let names = [
            "", "a", "a1", "a-b_c", "-a", "_a", "a.b", "a.", ".a", "a b", "é", "5", "0", "0443", "443", "65536",
        ]
        let long = [63, 64, 253, 254].map { String(repeating: "a", count: $0) }
        let addresses = [
            "10.0.0.1", "10.0.0.256", "010.0.0.1", "10.0.0", "1.2.3.4.5", "::", "::1", "1::", "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::3:4:5:6:7:8", "1:2:3:4:5:6:7:8::", "1::2::3",
            "::ffff:10.0.0.1", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5::1.2.3.4", "::1.2.3.4:5", "12345::", "g::", "1:::2",
            "2001:db8::12", "fe80::1%eth0",
        ]
        let programs = [
            "api.service", ".service", "a.b.service", "a.socket", "x@1:2.service", "a/b.service", "1",
            "ocf:heartbeat:Filesystem",
            "ocf:heartbeat:", "ocf:a:b:c", "lsb:a:b", "fence_ipmilan", "fence_", "fence_a.b", "xfence_a",
        ]
        let prefixes = ["/0", "/8", "/32", "/33", "/64", "/128", "/129", "/08", "/"]
        let ports = [":0", ":1", ":80", ":080", ":65535", ":65536", ":", ":http"]
        let quantities = [
            "0s", "1s", "1ms", "1m30s", "1d2h3m4s5ms6us7ns", "1", "1 s", "1w", "-1s", "1.5s", "0m0s", "00s", "s", "1sm",
            "16MiB", "10GB", "1kB", "1KB", "1KiB", "5B", "16M", "0B", "TiB", "1TB",
            "99.99%", "100%", "100.0%", "100.1%", "101%", "0%", "5.%", ".5%", "%", "1.2.3%", "099%", "-1%",
            "00:00", "02:00", "23:59", "24:00", "2:00", "12:60", "12:5",
            "hosts.yaml", "a/b c/d.yml", "../x.yaml", "./x.yaml", "/x.yaml", "~/x.yaml", "a:b.yaml", "a\\b.yaml",
            ".yaml",
            "a/.yml", "x.yaml/", "x.json", "x.yaml ", "\u{1}.yaml", "é.yaml", "x\n.yaml",
            "/", "/ready", "/a b", "ready", "/é", "/a?b=c",
            "api.members", "api.primary", "api.primry", "api.", "5.active", "a.b.c",
        ]
        return names + programs + long + addresses + addresses.flatMap { address in prefixes.map { address + $0 } }
            + addresses.flatMap { address in ports.flatMap { [address + $0, "[\(address)]" + $0] } } + quantities
    }()

    @Test("What every part of the language is called is a definition, and every reference leads to one")
    func referencesLeadSomewhere() throws {
        let text = TopologySchema.text
        let schema = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let definitions = try #require(schema["definitions"] as? [String: Any])
        let references = text.matches(of: /"#\/definitions\/([^"]+)"/).map { String($0.output.1) }
        #expect(Set(references) == Set(definitions.keys), "each is there, and each is used")
    }
}
