import Hagen
import HagenCompiler
import Testing

@Suite("Sources and codes")
struct SourceTests {
    @Test("Offsets and positions are each other's inverse, on every line end and in every width")
    func positions() {
        let source = Source(name: "f", text: "é本\u{1F600}x\r\n\rb\n")
        #expect(source.lineCount == 4)
        for offset in source.bytes.indices where source.bytes[offset] & 0xC0 != 0x80 {
            let position = source.position(ofByte: offset)
            let isInLine = offset < (source.line(position.line)?.endIndex ?? 0)
            if isInLine { #expect(source.byte(at: position) == offset, "offset \(offset)") }
        }
        #expect(source.position(ofByte: 9) == .init(line: 1, column: 4))
        #expect(source.position(ofByte: 1000) == .init(line: 4, column: 1))
        #expect(source.byte(at: .init(line: 1, column: 99)) == 10)
        #expect(source.byte(at: .init(line: 99, column: 1)) == source.bytes.count)
        #expect(source.line(0) == nil)
        #expect(source.line(5) == nil)
        #expect(source.text(of: source.span(ofBytes: 2..<9)) == "本\u{1F600}")
    }

    @Test("A byte-order mark belongs to no line")
    func byteOrderMark() {
        let source = Source(name: "f", bytes: [0xEF, 0xBB, 0xBF, 0x61])
        #expect(source.hasByteOrderMark)
        #expect(source.bytes == [0x61])
        #expect(!Source(name: "f", text: "a").hasByteOrderMark)
    }

    @Test("Codes are read and written as HG and four digits, and nothing else")
    func codes() {
        #expect(DiagnosticCode(7).description == "HG0007")
        #expect(DiagnosticCode(text: "HG0103") == DiagnosticCode(103))
        #expect(DiagnosticCode(text: "hg9999") == DiagnosticCode(9999))
        for text in ["", "HG", "HG0000", "HG103", "HG01034", "XX0103", "HG+103", "HG 103", "HG-001", "HG０１０"] {
            #expect(DiagnosticCode(text: text) == nil, "\(text)")
        }
        #expect(Set(ReaderCode.allCases.map(\.code)).count == ReaderCode.allCases.count)
    }

    @Test("Every code of the compiler has documentation of its own")
    func documentedCodes() {
        let codes = Compiler.documentedCodes
        #expect(Set(codes.map(\.code)).count == codes.count)
        for code in ReaderCode.allCases.map(\.code) { #expect(codes.contains { $0.code == code }) }
        for code in codes { #expect(Compiler.explain(code.code)?.contains(code.title) == true) }
    }
}
