/// The names of the files that a tree was made of. A node keeps the number of its file, which takes no room in it.
struct FileNames: Sendable {
    private var names: [String] = []

    /// For a tree of one file, whose number is 0.
    init(_ name: String) { names = [name] }

    init() {}

    /// - Returns: The number of the file.
    mutating func add(_ name: String) -> UInt16 {
        precondition(names.count < Int(UInt16.max), "\(names.count) files are more than a node can tell apart")
        names.append(name)
        return UInt16(names.count - 1)
    }

    subscript(number: UInt16) -> String { names[Int(number)] }
}
