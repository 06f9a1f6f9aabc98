internal import Hagen

extension TopologyReader {
    mutating func assumptions(_ fields: Fields, at path: ModelPath) -> Model.Assumptions? {
        guard let part = part(fields, "assumptions", at: path) else { return nil }
        return Model.Assumptions(
            host: failures(part, "host", at: path["host"]), zone: failures(part, "zone", at: path["zone"]),
            workload: failures(part, "workload", at: path["workload"]),
            maintenance: plannedWork(part, "maintenance", at: path["maintenance"]))
    }

    private mutating func failures(_ fields: Fields, _ key: String, at path: ModelPath) -> Model.Failures? {
        guard let part = part(fields, key, at: path),
            let between = duration(part, "mtbf", at: path["meanTimeBetweenFailures"]),
            let repair = duration(part, "mttr", at: path["meanTimeToRepair"])
        else { return nil }
        return Model.Failures(meanTimeBetweenFailures: between, meanTimeToRepair: repair)
    }

    private mutating func plannedWork(_ fields: Fields, _ key: String, at path: ModelPath) -> Model.PlannedWork? {
        guard let part = part(fields, key, at: path), let every = duration(part, "every", at: path["every"]),
            let duration = duration(part, "duration", at: path["duration"])
        else { return nil }
        return Model.PlannedWork(every: every, duration: duration)
    }

    /// The place of an allowance, and of its code, is the key.
    mutating func allowances(_ fields: Fields, at path: ModelPath) -> [Model.Allowance] {
        guard let entry = fields["allow"] else { return [] }
        record(entry.keySpan(in: file), at: path)
        var allowances: [Model.Allowance] = []
        for (index, entry) in (entry.value.entries ?? []).enumerated() {
            record(entry.keySpan(in: file), at: path[index])
            record(entry.keySpan(in: file), at: path[index]["code"])
            guard let reason = text(entry.value, at: path[index]["reason"]) else { continue }
            allowances.append(Model.Allowance(code: entry.key, reason: reason))
        }
        return allowances
    }
}
