import HagenCompiler

/// One to four random changes of a random document; the same seed makes the same document.
///
/// Some changes know nothing of YAML and break it; others put words of the language, and values that somebody might
/// write, in places where other values stood, so that what comes out is still a document. Half of all documents suffer
/// only these: with one of the others beside them hardly any would reach the rules.
struct DocumentMutation {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private static let fragments = [
        "[", "]", "{", "}", "[[[[[[[[", "}}}}", ": ", "- ", "? ", "& ", "*", "&a ", "*a", "<<: *a\n", "!!str ", "!x ",
        "|\n", ">-\n", "\"",
        "'", "#", "\t", "\n\t", "---\n", "...\n", "%YAML 1.2\n", "\r\n", "\r", "\u{85}", "\u{2028}", "\u{FEFF}", "\0",
        "é", "本",
        "\u{1F600}", "~", "null", "true", "5", "-1", "1e999", "0x", "99999999999999999999", "\\", "\"\\x41\\u00e9\"",
        "apiVersion: x\n",
        "x-a: &a {b: *a}\n", "x-b: &a [1, 2]\n", "\u{1B}[31m", "\u{202E}", "\u{200B}", "<<: [*a, *a]\n",
    ].map { Array($0.utf8) }

    /// No UTF-8: a lone continuation, a surrogate, an overlong slash, a cut sequence, a code point beyond the last.
    private static let malformed: [[UInt8]] = [
        [0x80], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xE2, 0x82], [0xF4, 0x90, 0x80, 0x80], [0xFF, 0xFE],
    ]

    /// What stands where something else stood.
    private static let values = [
        "0", "1", "-1", "3", "80", "443", "65535", "65536", "9223372036854775807", "1e400", "0x10", ".nan", "~", "true",
        "no", "\"\"", "'a b'", "[]", "{}", "[a1, b1]", "{a: b}", "0s", "1ns", "250ms", "1s", "5m", "99999d", "1m30s",
        "-5s", "0%", "99.99%", "100%", "16MiB", "9999999TiB", "10.0.0.11/24", "10.0.0.11/0", "10.0.0.50", "::1/128",
        "\"[::]:80\"", "0.0.0.0/0", "255.255.255.255/32", "a1", "b1", "c1", "api", "orders", "api.members",
        "orders.primary", "orders.standbys", "/usr/bin/x", "bin/x", "http://h/", "\"up > 0\"", "\"rate(up[5m]) > 1\"",
        "hosts.yaml", "base.yaml", "[topology.yaml, hosts.yaml]", "null", "\"\\0\"", "\"a\\nb\"", "\"%n\"", "\"$HOME\"",
        "02:00", "25:00",
    ].map { Array($0.utf8) }

    /// Keys and words of the language.
    private static let words = [
        "hosts", "clusters", "balancers", "monitoring", "objectives", "coordination", "name", "address", "zone", "kind",
        "mode", "workload", "members", "process", "command", "port", "failover", "load-balancing", "compute",
        "active-passive", "active-active", "lease", "duration", "renew", "heartbeat", "check", "tcp", "http", "every",
        "timeout", "on", "protocol", "listen", "to", "strategy", "alerts", "alert", "expr", "for", "receivers",
        "receiver", "external", "endpoints", "postgresql", "version", "replication", "synchronous", "asynchronous",
        "fencing", "watchdog", "virtualIPs", "interface", "minimumHealthy", "priority", "weight", "candidate",
        "witness",
        "labels", "etcd", "embedded", "cluster", "availability", "window", "recoveryTime", "assumptions", "host",
        "mtbf",
        "mttr", "allow", "routes", "match", "startTime", "proxyProtocol", "accept", "send", "include", "base",
    ].map { Array($0.utf8) }

    mutating func mutate(_ documents: [[UInt8]]) -> [UInt8] {
        var bytes = documents.randomElement(using: &random) ?? []
        let isGentle = Bool.random(using: &random)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            if isGentle { exchange(&bytes) } else { change(&bytes, documents) }
        }
        return bytes
    }

    /// Changes one of several documents with parts of them all.
    mutating func mutateOne(of documents: [[UInt8]]) -> (index: Int, bytes: [UInt8]) {
        let index = Int.random(in: documents.indices, using: &random)
        var bytes = documents[index]
        let isGentle = Int.random(in: 0..<4, using: &random) > 0
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            if isGentle { exchange(&bytes) } else { change(&bytes, documents) }
        }
        return (index, bytes)
    }

    private mutating func exchange(_ bytes: inout [UInt8]) {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: duplicateLines(&bytes)
        case 1: removeLines(&bytes)
        case 2: swapWords(&bytes)
        case 3: replaceWord(&bytes, by: Self.words)
        default: replaceWord(&bytes, by: Self.values)
        }
    }

    private mutating func change(_ bytes: inout [UInt8], _ documents: [[UInt8]]) {
        let offset = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<20, using: &random) {
        case 0 where offset < bytes.count: bytes[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1 where offset < bytes.count: bytes[offset] = UInt8.random(in: 0...255, using: &random)
        case 2 where Int.random(in: 0..<4, using: &random) == 0: bytes.removeSubrange(offset...)
        case 3: duplicateLines(&bytes)
        case 4: swapWords(&bytes)
        case 5:
            bytes.insert(
                contentsOf: Array(repeating: UInt8(ascii: "["), count: Int.random(in: 1...150, using: &random)),
                at: offset)
        case 6: bytes.removeSubrange(offset..<min(bytes.count, offset + Int.random(in: 0...20, using: &random)))
        case 7:
            let other = documents.randomElement(using: &random) ?? []
            let start = Int.random(in: 0...other.count, using: &random)
            bytes.insert(contentsOf: other[start..<min(other.count, start + 80)], at: offset)
        case 8: removeLines(&bytes)
        case 9: indentLine(&bytes)
        case 10...13: replaceWord(&bytes, by: Self.values)
        case 14, 15: replaceWord(&bytes, by: Self.words)
        case 16: bytes.insert(contentsOf: Self.malformed.randomElement(using: &random) ?? [], at: offset)
        case 17: repeatWord(&bytes)
        default: bytes.insert(contentsOf: Self.fragments.randomElement(using: &random) ?? [], at: offset)
        }
    }

    // MARK: Lines

    private static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
        bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    }

    private static func joined(_ lines: [[UInt8]]) -> [UInt8] { Array(lines.joined(separator: [0x0A])) }

    private mutating func duplicateLines(_ bytes: inout [UInt8]) {
        var lines = Self.lines(bytes)
        let start = Int.random(in: lines.indices, using: &random)
        let block = lines[start..<min(lines.count, start + Int.random(in: 1...6, using: &random))]
        lines.insert(contentsOf: block, at: Int.random(in: 0...lines.count, using: &random))
        bytes = Self.joined(lines)
    }

    private mutating func removeLines(_ bytes: inout [UInt8]) {
        var lines = Self.lines(bytes)
        let start = Int.random(in: lines.indices, using: &random)
        lines.removeSubrange(start..<min(lines.count, start + Int.random(in: 1...3, using: &random)))
        bytes = Self.joined(lines)
    }

    private mutating func indentLine(_ bytes: inout [UInt8]) {
        var lines = Self.lines(bytes)
        let line = Int.random(in: lines.indices, using: &random)
        if Bool.random(using: &random) {
            lines[line].insert(contentsOf: [0x20, 0x20], at: 0)
        } else {
            lines[line] = Array(lines[line].drop { $0 == 0x20 })
        }
        bytes = Self.joined(lines)
    }

    // MARK: Words

    /// Where what stands between spaces and punctuation of YAML is.
    private static func words(_ bytes: [UInt8]) -> [Range<Int>] {
        let ends = Set(" \n\r\t,:[]{}\"'#".utf8)
        var words: [Range<Int>] = []
        var start: Int?
        for offset in 0...bytes.count {
            if offset < bytes.count, !ends.contains(bytes[offset]) {
                start = start ?? offset
            } else if let first = start {
                words.append(first..<offset)
                start = nil
            }
        }
        return words
    }

    private mutating func replaceWord(_ bytes: inout [UInt8], by values: [[UInt8]]) {
        guard let place = Self.words(bytes).randomElement(using: &random),
            let value = values.randomElement(using: &random)
        else { return }
        bytes.replaceSubrange(place, with: value)
    }

    /// Makes a word as long as nobody writes it.
    private mutating func repeatWord(_ bytes: inout [UInt8]) {
        guard let place = Self.words(bytes).randomElement(using: &random) else { return }
        let count = [2, 64, 300, 5000].randomElement(using: &random) ?? 2
        bytes.replaceSubrange(place, with: Array(repeatElement(bytes[place], count: count).joined()))
    }

    /// Swaps two words, so that keys and values stand in each other's place.
    private mutating func swapWords(_ bytes: inout [UInt8]) {
        let words = Self.words(bytes)
        guard let left = words.randomElement(using: &random), let right = words.randomElement(using: &random),
            left.upperBound <= right.lowerBound
        else { return }
        let (first, second) = (Array(bytes[left]), Array(bytes[right]))
        bytes.replaceSubrange(right, with: first)
        bytes.replaceSubrange(left, with: second)
    }
}
