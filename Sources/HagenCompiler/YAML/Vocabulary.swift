/// Names among which the nearest to a wrong one is looked for again and again, such as those of all hosts.
///
/// Among a few names every one is compared. Among thousands of generated ones nearly all are three edits from one
/// another, so only one edit is taken for a slip; and there the names that are one edit away are looked up, which takes
/// the same time however many names there are (Norvig, "How to Write a Spelling Corrector", 2007).
struct Vocabulary {
    let words: [String]
    /// Positions in `words` of the first with that folded form; empty where every word is compared.
    private let positions: [[UInt8]: Int]
    /// The letters that the folded forms consist of.
    private let alphabet: [UInt8]

    private static let few = 200

    init(_ words: [String]) {
        self.words = words
        guard words.count > Self.few else {
            (positions, alphabet) = ([:], [])
            return
        }
        var positions: [[UInt8]: Int] = [:]
        var letters: Set<UInt8> = []
        for (position, word) in words.enumerated() where word.utf8.count <= Spelling.longestWord {
            let form = Spelling.folded(word)
            letters.formUnion(form)
            if positions[form] == nil { positions[form] = position }
        }
        self.positions = positions
        alphabet = letters.sorted()
    }

    /// The word that was meant; of equally near ones the first.
    func nearest(to word: String) -> String? {
        guard words.count > Self.few else { return Spelling.nearest(to: word, among: words) }
        guard (3...Spelling.longestWord).contains(word.utf8.count) else { return nil }
        let form = Spelling.folded(word)
        var best = positions[form]
        if best == nil {
            forEachEdit(of: form) { edited in
                guard let position = positions[edited] else { return }
                best = min(best ?? position, position)
            }
        }
        return best.map { words[$0] }
    }

    /// Every form that is one insertion, deletion, replacement or swap of neighbours away.
    private func forEachEdit(of form: [UInt8], _ body: ([UInt8]) -> Void) {
        for place in 0...form.count {
            for letter in alphabet { body(Array(form[..<place]) + [letter] + form[place...]) }
            guard place < form.count else { break }
            body(Array(form[..<place]) + form[(place + 1)...])
            var edited = form
            for letter in alphabet {
                edited[place] = letter
                body(edited)
            }
            guard place + 1 < form.count else { continue }
            edited = form
            edited.swapAt(place, place + 1)
            body(edited)
        }
    }
}
