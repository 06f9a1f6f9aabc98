import Hagen
import HagenCompiler
import Testing

@Suite("What asks too much of the YAML front end")
struct YAMLBoundsTests {
    private let frame = "apiVersion: hagen/v1\nname: shop\nhosts: {a1: {address: 10.0.0.11/24, zone: a}}\n"

    /// Reads within a time of the processor that no blow-up would keep; how loaded the machine is does not matter.
    private func read(
        _ text: String, within limit: Duration = .seconds(10), sourceLocation: SourceLocation = #_sourceLocation
    ) -> (topology: Topology?, codes: [Int], diagnostics: [Diagnostic]) {
        let source = Source(name: "bounds.yaml", text: text)
        let start = ProcessorTime.ofThisThread
        let (topology, diagnostics) = YAMLFrontEnd.read(source)
        let rendered = HumanRenderer(sources: [source]).render(DiagnosticReport(diagnostics))
        #expect(ProcessorTime.ofThisThread - start < limit, sourceLocation: sourceLocation)
        #expect(rendered.utf8.count < 1_000_000, sourceLocation: sourceLocation)
        return (topology, diagnostics.map(\.code.number), diagnostics)
    }

    @Test("10,000 levels are refused at the hundred-and-first, in every form of nesting")
    func deepNesting() throws {
        let depth = 10_000
        let flow = read(
            frame + "x-deep: " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
        #expect(flow.codes == [5])
        #expect(flow.diagnostics.first?.primary?.span.start.column == 9 + 99)
        #expect(read(frame + "x-deep: " + String(repeating: "{a: ", count: depth)).codes == [5])
        #expect(
            read(frame + "x-deep:\n" + (0..<1500).map { String(repeating: " ", count: $0 + 1) + "a:\n" }.joined()).codes
                == [5])
        #expect(read(frame + "x-deep: \n  " + String(repeating: "- ", count: depth)).codes == [5])
        #expect(read(String(repeating: "? ", count: depth)).codes == [5])
    }

    @Test("A scalar of 1 MB is read, and a wrong one is reported without being repeated")
    func longScalar() throws {
        let long = String(repeating: "long text ", count: 100_000)
        let good = read(frame.replacing("zone: a", with: "zone: \"\(long)\""))
        #expect(good.codes == [])
        #expect(try #require(good.topology).model.hosts[0].zone.utf8.count == 1_000_000)
        let wrong = read(frame.replacing("10.0.0.11/24", with: "\"\(long)\""))
        #expect(wrong.codes == [11])
        #expect(try #require(wrong.diagnostics.first).message.utf8.count < 200)
        #expect(read(frame + long.replacing(" ", with: "") + ": 1\n").codes == [1])
        #expect(read(frame + "\"\(long)\": 1\n").codes.count == 1)
    }

    @Test("A few lines of aliases that stand for billions of values are refused")
    func billionLaughs() {
        var text = frame + "x-0: &x0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for level in 1...30 {
            let aliases = Array(repeating: "*x\(level - 1)", count: 9).joined(separator: ", ")
            text += "x-\(level): &x\(level) [\(aliases)]\n"
        }
        #expect(read(text).codes == [5])
        var merges = frame + "x-0: &x0 {a0: 1, b0: 2, c0: 3}\n"
        for level in 1...30 {
            let key = (0..<9).map { "k\(level)x\($0): *x\(level - 1)" }.joined(separator: ", ")
            merges += "x-\(level): &x\(level) {<<: *x\(level - 1), \(key)}\n"
        }
        #expect(read(merges).codes == [5])
    }

    @Test("A file beyond 16 MiB is refused unread")
    func largeFile() {
        #expect(read(frame + String(repeating: "# comment\n", count: 1_700_000)).codes == [5])
    }

    @Test("A file of 5 MB of hosts is read in seconds")
    func manyHosts() throws {
        var text = "apiVersion: hagen/v1\nname: large\nhosts:\n"
        var count = 0
        while text.utf8.count < 5_000_000 {
            text +=
                "  host-\(count): {address: 10.\(count >> 16 & 255).\(count >> 8 & 255).\(count & 255)/8, zone: z\(count % 3)}\n"
            count += 1
        }
        let (topology, codes, _) = read(text, within: .seconds(20))
        #expect(codes == [])
        #expect(try #require(topology).model.hosts.count == count)
    }

    @Test("A file full of mistakes is reported up to a limit, and says so")
    func manyMistakes() throws {
        let hosts = (0..<20_000).map { "  h\($0): {adress: 10.0.0.1/8, zoen: a, zone: true}\n" }.joined()
        let (_, codes, diagnostics) = read("apiVersion: hagen/v1\nname: large\nhosts:\n" + hosts, within: .seconds(20))
        #expect(codes.count == YAMLLimits().diagnostics)
        #expect(try #require(diagnostics.last).notes.contains { $0.contains("there may be more") })
    }

    @Test("A part with thousands of unknown keys takes no time that grows with their square")
    func manyUnknownKeys() {
        let keys = (0..<50_000).map { "adress\($0): x" }.joined(separator: ", ")
        let text = frame.replacing("{address", with: "{\(keys), address")
        #expect(read(text).codes.count == YAMLLimits().diagnostics)
    }

    @Test("A long line with many mistakes takes no time that grows with their product")
    func longLineOfMistakes() {
        let hosts = (0..<20_000).map { "h\($0): {adress: 10.0.0.1/8}" }.joined(separator: ", ")
        #expect(
            read(frame.replacing("{a1:", with: "{\(hosts), a1:"), within: .seconds(20)).codes.count
                == YAMLLimits().diagnostics)
    }

    @Test("Bounds can be narrowed")
    func narrowBounds() {
        let source = Source(name: "bounds.yaml", text: frame)
        var limits = YAMLLimits()
        #expect(YAMLFrontEnd.read(source, limits: limits).topology != nil)
        limits.documentBytes = frame.utf8.count - 1
        #expect(YAMLFrontEnd.read(source, limits: limits).diagnostics.map(\.code.number) == [5])
        limits = YAMLLimits()
        limits.depth = 2
        #expect(YAMLFrontEnd.read(source, limits: limits).diagnostics.map(\.code.number) == [5])
        limits = YAMLLimits()
        limits.nodes = 8
        #expect(YAMLFrontEnd.read(source, limits: limits).diagnostics.map(\.code.number) == [5])
    }
}
