internal import Hagen

/// What somebody probably meant whose text does not have the form that is asked for.
extension TextForm {
    /// Always of the right form; `nil` where nothing suggests itself.
    func suggestion(for text: String) -> String? {
        guard text.utf8.count <= 100 else { return nil }
        let suggestion = candidate(for: text.split(separator: " ").joined(separator: isName ? "-" : ""))
        return suggestion.flatMap { accepts($0) && $0 != text ? $0 : nil }
    }

    /// A space in a name stands for what parts its words.
    private var isName: Bool { self == .name || self == .hostName }

    private func candidate(for text: String) -> String? {
        switch self {
        case .duration, .durationOrZero: Self.duration(text)
        case .size: Self.size(text)
        case .ratio: Self.ratio(text)
        case .name, .hostName: Self.name(text)
        case .address: text.split(separator: "/").first.map(String.init)
        case .listenAddress: text.split(separator: ":").last.map(String.init)
        case .target: Self.target(text)
        case .timeOfDay: "0" + text
        case .path: "/" + text
        case .sourcePath: text.contains(".") ? nil : text + ".yaml"
        case .service: text.split(separator: "/").last.map(String.init)
        case .resourceAgent: text.contains(":") ? "ocf:" + text : "ocf:heartbeat:" + text
        case .fenceAgent: "fence_" + text
        case .any, .argument, .addressWithPrefix, .endpoint, .interface: nil
        }
    }

    private static let durationUnits: [String: Int64] = {
        let names: [(String, Int64)] = [
            ("ns", 1), ("us µs", 1_000), ("ms msec msecs millis millisecond milliseconds", 1_000_000),
            ("s sec secs second seconds", 1_000_000_000), ("m min mins minute minutes", 60_000_000_000),
            ("h hr hrs hour hours", 3_600_000_000_000), ("d day days", 86_400_000_000_000),
            ("w week weeks", 604_800_000_000_000),
        ]
        var units: [String: Int64] = [:]
        for (words, nanoseconds) in names {
            for word in words.split(separator: " ") { units[String(word)] = nanoseconds }
        }
        return units
    }()

    /// A number without a unit is taken as seconds, and a large one as milliseconds: nobody means minutes by 250.
    private static func duration(_ text: String) -> String? {
        let number = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let unit = text.dropFirst(number.count).lowercased()
        guard let count = Double(number),
            let nanoseconds = durationUnits[unit.isEmpty ? (Double(number) ?? 0) < 100 ? "s" : "ms" : unit]
        else { return nil }
        let total = (count * Double(nanoseconds)).rounded()
        guard total < 9e18 else { return nil }
        return Duration.nanoseconds(Int64(total)).text
    }

    private static func size(_ text: String) -> String? {
        let number = text.prefix { $0.isASCII && $0.isNumber }
        let units = [
            "k": "KiB", "ki": "KiB", "kib": "KiB", "kb": "kB", "m": "MiB", "mi": "MiB", "mib": "MiB", "mb": "MB",
            "g": "GiB",
            "gi": "GiB", "gib": "GiB", "gb": "GB", "t": "TiB", "ti": "TiB", "tib": "TiB", "tb": "TB", "b": "B",
        ]
        return units[text.dropFirst(number.count).lowercased()].map { number + $0 }
    }

    private static func ratio(_ text: String) -> String? {
        guard let number = Double(text), number > 0 else { return text }
        return number <= 1 ? Ratio(fraction: number).text : text + "%"
    }

    private static func name(_ text: String) -> String? {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(63) {
            scalars.append(
                scalar.isASCII && scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) ? scalar : "-")
        }
        let name = String(scalars)
        return name.contains { $0 != "-" } ? name : nil
    }

    private static func target(_ text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return nil }
        return Spelling.nearest(to: parts[1], among: Model.Target.Role.allCases.map(\.rawValue)).map {
            parts[0] + "." + $0
        }
    }
}
