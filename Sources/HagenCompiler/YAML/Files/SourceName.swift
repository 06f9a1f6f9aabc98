/// Names of files that are said relative to other files.
enum SourceName {
    /// The name of the file that a path means where the file of that name says it, with `.` and `..` resolved as text.
    static func resolve(_ path: String, in name: String) -> String {
        let isAbsolute = name.hasPrefix("/")
        let folder = name.split(separator: "/").dropLast()
        var steps: [Substring] = []
        for step in folder + path.split(separator: "/") {
            switch step {
            case ".": continue
            case "..":
                // Above the root there is nothing; above the working directory there is.
                if let last = steps.last, last != ".." {
                    steps.removeLast()
                } else if !isAbsolute {
                    steps.append(step)
                }
            default: steps.append(step)
            }
        }
        return (isAbsolute ? "/" : "") + steps.joined(separator: "/")
    }

    /// The same file under its one name.
    static func normalized(_ name: String) -> String {
        let last = name.split(separator: "/").last.map(String.init) ?? name
        return resolve(last, in: name)
    }
}
