internal import ArgumentParser
internal import Hagen

/// How long a command waits, as it is written on its line.
enum TimeLimit {
    static func read(_ text: String) throws -> Duration {
        guard let duration = Duration(text: text) else {
            throw ValidationError("'\(text)' is no duration; write it like 30s")
        }
        return duration
    }
}
