package import Hagen

/// Figures of availability as people read them.
package enum AvailabilityText {
    /// `99.93 %`: rounded down, with two digits of what is missing to the whole, and more where it takes them to show
    /// that it is less than the target.
    ///
    /// - Parameter unavailability: 0 to 1; its digits are known where those of the availability are rounded away.
    package static func percent(unavailability: Double, target: Ratio? = nil) -> String {
        let percent = 100 * (1 - unavailability)
        var decimals = 2
        var scale = 100.0
        while decimals < 9 {
            let isCoarse = unavailability > 0 && 100 * unavailability * scale < 9.999
            let isAsTarget = target.map { goal in
                1 - unavailability < goal.fraction
                    && (percent * scale).rounded(.down) >= (100 * goal.fraction * scale).rounded()
            }
            guard isCoarse || isAsTarget == true else { break }
            decimals += 1
            scale *= 10
        }
        // What is a whole number of steps must not lose one to the rounding of binary fractions.
        let steps = Int64((percent * scale + 1e-4).rounded(.down))
        let digits = String(steps % Int64(scale))
        var fraction = String(repeating: "0", count: decimals - digits.count) + digits
        while fraction.count > 2, fraction.last == "0" { fraction.removeLast() }
        return "\(steps / Int64(scale)).\(fraction) %"
    }

    /// `99.99 %`
    package static func percent(_ ratio: Ratio) -> String { ratio.text.dropLast() + " %" }

    /// `61 %`: of a share of the downtime.
    package static func share(_ fraction: Double) -> String {
        let percent = 100 * fraction
        if percent > 0, percent < 1 { return "under 1 %" }
        return "\(Int(percent.rounded())) %"
    }

    /// Of downtime, to about two digits: `4m19s`, `7h12m`, `under 1s`.
    package static func time(_ seconds: Double) -> String {
        guard seconds >= 1 else { return seconds > 0 ? "under 1s" : "0s" }
        let unit: Double = seconds < 600 ? 1 : seconds < 86_400 ? 60 : 3600
        // More than any window that can be declared.
        let rounded = min((seconds / unit).rounded() * unit, 1e9)
        return Duration.seconds(Int64(rounded)).text
    }
}

extension ExpectedAvailability.Share {
    /// `zone eu-1a, which holds 2 of 3 members`: what stands behind "61 % of the downtime is".
    package var subject: String {
        switch cause {
        case .zone where names.count == 1: "zone \(names[0])\(held)"
        case .zone: "zones \(Self.list(names)), each by itself\(held)"
        case .unknownZone: "the zone of its endpoints, which no host declares\(held)"
        case .host where names.count == 1:
            "host \(names[0])\(stores > 0 && storeCount == 1 ? ", which runs the store" : "")"
        case .host: "hosts \(Self.list(names)), each by itself"
        case .workload: "the workload itself"
        case .takeover: "takeovers"
        case .plannedWork: "planned work"
        }
    }

    /// What is lost with each of them.
    private var held: String {
        var parts: [String] = []
        if members > 0 { parts.append("\(members) of \(memberCount) members") }
        if stores > 0 { parts.append(storeCount == 1 ? "the store" : "\(stores) of \(storeCount) of the store's") }
        if parts.isEmpty { parts.append("none of its members but what leads to them") }
        return ", \(names.count > 1 ? "each of which" : "which") holds \(parts.joined(separator: " and "))"
    }

    private static func list(_ names: [String]) -> String {
        if names.count > 4 { return "\(names.prefix(3).joined(separator: ", ")) and \(names.count - 3) more" }
        return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }
}
