internal import Hagen

/// What is asked of a file before it is taken for YAML: its size, and that it is text in UTF-8.
enum TextInspection {
    /// Whether the source can be given to the parser; reports why not.
    static func passes(_ source: Source, _ limits: YAMLLimits, _ findings: inout Findings) -> Bool {
        guard source.bytes.count <= limits.documentBytes else {
            findings.add(
                .beyondBounds,
                "the file has more than the \(limits.documentBytes) bytes that are read at most",
                at: source.span(ofBytes: 0..<0),
                help: ["a topology is declared, not generated: check that this is the right file"])
            return false
        }
        if let name = encodingByMark(of: source) {
            findings.add(
                .notText, "the file is encoded as \(name), and a topology is read as UTF-8",
                at: source.span(ofBytes: 0..<1), help: ["save it as UTF-8"])
            return false
        }
        guard let (offset, length, problem) = firstFault(in: source.bytes) else { return true }
        let span = source.span(ofBytes: offset..<offset + length)
        switch problem {
        case .null:
            findings.add(
                .notText, "the file is binary: the byte at offset \(shown(offset, source)) is NUL", at: span,
                label: "NUL", help: ["a topology is a text file in UTF-8"])
        case .control(let value):
            findings.add(
                .notText, "the control character U+\(hexadecimal(UInt32(value), digits: 4)) cannot stand in YAML",
                at: span, label: "not printable",
                help: ["remove it, or write it as \"\\u\(hexadecimal(UInt32(value), digits: 4))\" in double quotes"])
        case .encoding(let byte):
            findings.add(
                .notText,
                "the file is not UTF-8: the byte 0x\(hexadecimal(UInt32(byte), digits: 2)) at offset \(shown(offset, source)) belongs to no character",
                at: span, label: "not UTF-8", help: ["save the file as UTF-8"])
        }
        return false
    }

    private enum Fault {
        case null
        case control(UInt16)
        case encoding(UInt8)
    }

    private static func shown(_ offset: Int, _ source: Source) -> Int {
        offset + (source.hasByteOrderMark ? 3 : 0)
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    private static func encodingByMark(of source: Source) -> String? {
        if source.bytes.starts(with: [0xFF, 0xFE]) { return "UTF-16 (little-endian)" }
        if source.bytes.starts(with: [0xFE, 0xFF]) { return "UTF-16 (big-endian)" }
        return nil
    }

    /// The first byte that no text in YAML can hold, and how many bytes the fault takes.
    private static func firstFault(in bytes: [UInt8]) -> (offset: Int, length: Int, fault: Fault)? {
        bytes.withUnsafeBufferPointer { bytes in
            var offset = 0
            let count = bytes.count
            while offset < count {
                let byte = bytes[offset]
                if byte < 0x80 {
                    if byte < 0x20 || byte == 0x7F, byte != 0x09, byte != 0x0A, byte != 0x0D {
                        return (offset, 1, byte == 0 ? .null : .control(UInt16(byte)))
                    }
                    offset += 1
                    continue
                }
                let length = sequenceLength(at: offset, in: bytes)
                if length == 0 { return (offset, 1, .encoding(byte)) }
                if length == 2, byte == 0xC2, bytes[offset + 1] < 0xA0, bytes[offset + 1] != 0x85 {
                    return (offset, 2, .control(UInt16(bytes[offset + 1])))
                }
                // U+FFFE and U+FFFF are no characters, and YAML refuses them.
                if length == 3, byte == 0xEF, bytes[offset + 1] == 0xBF, bytes[offset + 2] >= 0xBE {
                    return (offset, 3, .control(0xFF00 | UInt16(bytes[offset + 2] | 0xC0)))
                }
                offset += length
            }
            return nil
        }
    }

    /// The length of the well-formed sequence of two to four bytes that begins there (Unicode, table 3-7); 0 for none.
    private static func sequenceLength(at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let byte = bytes[offset]
        let (length, second): (Int, ClosedRange<UInt8>)
        switch byte {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        default: return 0
        }
        guard offset + length <= bytes.count, second.contains(bytes[offset + 1]) else { return 0 }
        for next in (offset + 2)..<max(offset + length, offset + 2) where bytes[next] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
