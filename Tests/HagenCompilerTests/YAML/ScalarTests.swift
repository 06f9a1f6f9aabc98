import Hagen
import Testing

@testable import HagenCompiler

@Suite("Scalars, spelling and suggestions")
struct ScalarTests {
    @Test("Plain scalars mean what the core schema of YAML 1.2 says")
    func coreSchema() {
        func meaning(_ text: String) -> YAMLScalar.Meaning { YAMLScalar(text: text, isPlain: true).meaning }
        for text in ["", "~", "null", "Null", "NULL"] { #expect(meaning(text) == .null, "\(text)") }
        for text in ["true", "True", "TRUE"] { #expect(meaning(text) == .boolean(true), "\(text)") }
        for text in [
            "no", "yes", "on", "off", "n", "tRUE", "nULL", "nil", "0b1", "1_000", "12:30", "0o8", "0xg", "-0x1",
            "1.2.3", "1e", "e1", ".", "+", "-", "1 2", "١٢",
        ] {
            #expect(meaning(text) == .text, "\(text)")
        }
        #expect(meaning("-12") == .integer(-12))
        #expect(meaning("+7") == .integer(7))
        #expect(meaning("007") == .integer(7))
        #expect(meaning("0o17") == .integer(15))
        #expect(meaning("0xFf") == .integer(255))
        #expect(meaning("9223372036854775808") == .integer(nil))
        #expect(meaning("1.5") == .number(1.5))
        #expect(meaning(".5e-1") == .number(0.05))
        #expect(meaning("1.") == .number(1))
        #expect(meaning("-.inf") == .number(-.infinity))
        #expect(meaning("1e999") == .number(.infinity))
        #expect(YAMLScalar(text: "5", isPlain: false).meaning == .text)
    }

    @Test("Damerau's distance counts insertions, deletions, replacements and swaps, up to the bound")
    func distances() {
        func distance(_ left: String, _ right: String, _ bound: Int = 9) -> Int? {
            Spelling.distance(Array(left.utf8), Array(right.utf8), atMost: bound)
        }
        #expect(distance("", "") == 0)
        #expect(distance("abc", "acb") == 1)
        #expect(distance("ca", "abc") == 3)
        #expect(distance("kitten", "sitting") == 3)
        #expect(distance("abcd", "") == 4)
        #expect(distance("kitten", "sitting", 2) == nil)
        #expect(distance("a", "abcdefg", 3) == nil)
    }

    @Test("The nearest word is found, and none where none is near")
    func nearestWord() {
        let words = ["listen", "strategy", "minimumHealthy", "virtualIPs", "to", "on", "synchronous", "asynchronous"]
        #expect(Spelling.nearest(to: "lisen", among: words) == "listen")
        #expect(Spelling.nearest(to: "minimum_healthy", among: words) == "minimumHealthy")
        #expect(Spelling.nearest(to: "virtual-ips", among: words) == "virtualIPs")
        #expect(Spelling.nearest(to: "sync", among: words) == "synchronous")
        #expect(Spelling.nearest(to: "ot", among: words) == "to")
        #expect(Spelling.nearest(to: "colour", among: words) == nil)
        #expect(Spelling.nearest(to: "x", among: words) == nil)
        #expect(Spelling.nearest(to: "", among: words) == nil)
        #expect(Spelling.nearest(to: String(repeating: "listen", count: 1000), among: words) == nil)
    }

    @Test(
        "What was probably meant is suggested in the right form",
        arguments: [
            (TextForm.duration, "5", "5s"), (.duration, "250", "250ms"), (.interface, "eth 0", nil),
            (.duration, "5 sec", "5s"), (.duration, "1.5s", "1s500ms"),
            (.duration, "5MIN", "5m"), (.duration, "2w", "14d"), (.duration, "soon", nil), (.duration, "-5s", nil),
            (.duration, "0", nil), (.duration, "99999999999999999999", nil), (.size, "16M", "16MiB"),
            (.size, "16 mb", "16MB"),
            (.size, "16", nil), (.ratio, "0.999", "99.9%"), (.ratio, "99.9 %", "99.9%"), (.ratio, "250", nil),
            (.path, "ready", "/ready"), (.timeOfDay, "2:30", "02:30"), (.listenAddress, ":443", "443"),
            (.target, "api.member", "api.members"), (.name, "a b/c", "a-b-c"), (.name, "///", nil),
            (.address, "10.0.0.1/24", "10.0.0.1"), (.addressWithPrefix, "host", nil),
            (.service, "/lib/systemd/system/api.service", "api.service"), (.service, "../../api.socket", nil),
            (.resourceAgent, "Filesystem", "ocf:heartbeat:Filesystem"),
            (.resourceAgent, "heartbeat:Filesystem", "ocf:heartbeat:Filesystem"),
            (.fenceAgent, "ipmilan", "fence_ipmilan"), (.fenceAgent, "/usr/sbin/fence_ipmilan", nil),
        ] as [(TextForm, String, String?)])
    func suggestions(_ form: TextForm, _ text: String, _ expected: String?) {
        #expect(form.suggestion(for: text) == expected)
        #expect(!form.accepts(text))
    }
}
