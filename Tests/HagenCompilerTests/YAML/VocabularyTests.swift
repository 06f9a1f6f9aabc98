import Testing

@testable import HagenCompiler

/// A slip in one of thousands of names is found without a look at all of them, and as it is among a few.
struct VocabularyTests {
    private static let hosts = (0..<5000).map { "host-\($0)" } + ["database", "front_end"]

    @Test(arguments: [
        ("hots-4711", "host-4711"), ("host4711", "host-4711"), ("HOST-4711", "host-4711"), ("hst-4711", "host-4711"),
        ("hosst-4711", "host-4711"), ("hoat-4711", "host-4711"), ("databse", "database"), ("atabase", "database"),
        ("databasee", "database"), ("frontend", "front_end"),
    ])
    func oneEditAmongMany(word: String, meant: String) {
        #expect(Vocabulary(Self.hosts).nearest(to: word) == meant)
    }

    @Test func twoEditsAmongManyAreNoSlip() {
        #expect(Vocabulary(Self.hosts).nearest(to: "hsot-47x1") == nil)
        #expect(Vocabulary(Self.hosts).nearest(to: "x") == nil)
        #expect(Vocabulary(Self.hosts).nearest(to: String(repeating: "host", count: 1000)) == nil)
    }

    /// Of equally near names the first is taken, however the edits are tried.
    @Test func theFirstOfEquallyNearNames() {
        #expect(Vocabulary(Self.hosts).nearest(to: "host-123x") == "host-123")
        #expect(Vocabulary(Self.hosts.reversed()).nearest(to: "host-123x") == "host-1239")
    }

    @Test func aFewAreAllCompared() {
        let few = Array(Self.hosts.suffix(20))
        for word in ["databs", "fronted", "host", "nonsense"] {
            #expect(Vocabulary(few).nearest(to: word) == Spelling.nearest(to: word, among: few))
        }
        #expect(Vocabulary([]).nearest(to: "word") == nil)
    }

    /// Goal: a word that is one edit from some name always has an answer, and the answer is one edit away.
    @Test func findsEveryNeighbour() throws {
        let vocabulary = Vocabulary(Self.hosts)
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            var letters = Array(try #require(Self.hosts.randomElement(using: &random)).utf8)
            let place = Int.random(in: 0..<letters.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: letters.remove(at: place)
            case 1: letters.insert(UInt8(ascii: "q"), at: place)
            default: letters[place] = UInt8(ascii: "7")
            }
            let word = String(decoding: letters, as: UTF8.self)
            let found = try #require(vocabulary.nearest(to: word), "\(word)")
            let (left, right) = (Spelling.folded(word), Spelling.folded(found))
            #expect(Spelling.distance(left, right, atMost: 1) != nil, "\(word): \(found)")
        }
    }
}
