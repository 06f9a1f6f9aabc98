/// The words after the tool's name: a verb, options with a value each, and paths.
struct Arguments {
    let verb: String
    private var options: [(name: String, value: String)] = []
    private(set) var paths: [String] = []
    private var dangling: String?

    /// `-o` is `--output`. After `--` there are only paths.
    init(_ words: [String]) {
        verb = words.first ?? ""
        var rest = words.dropFirst()
        while let word = rest.popFirst() {
            if word == "--" {
                paths += rest
                return
            }
            guard word.hasPrefix("-"), word != "-" else {
                paths.append(word)
                continue
            }
            let name = word == "-o" ? "--output" : word
            guard let value = rest.popFirst() else {
                dangling = name
                return
            }
            options.append((name, value))
        }
    }

    /// All values of an option, which are taken away.
    mutating func take(_ name: String) -> [String] {
        let values = options.filter { $0.name == name }.map(\.value)
        options.removeAll { $0.name == name }
        return values
    }

    /// The last value of an option, which is taken away.
    mutating func takeOne(_ name: String) -> String? { take(name).last }

    /// - Throws: when there are options that nobody has taken.
    func finish() throws(Refusal) {
        if let dangling { throw Refusal("'\(dangling)' has no value", isUsage: true) }
        if let stranger = options.first {
            throw Refusal("'\(verb)' has no option '\(stranger.name)'", isUsage: true)
        }
    }
}
