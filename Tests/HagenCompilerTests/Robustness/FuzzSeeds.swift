import Foundation

/// Which seeds a fuzzing test goes through.
///
/// `HAGEN_FUZZ_DOCUMENTS=100000` is the long form, for the nights; `HAGEN_FUZZ_SEED=N` runs one seed alone.
enum FuzzSeeds {
    static func chosen(of count: Int) -> Range<Int> {
        if let seed = number("HAGEN_FUZZ_SEED") { return seed..<(seed + 1) }
        return 0..<(number("HAGEN_FUZZ_DOCUMENTS") ?? count)
    }

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
}
