internal import Hagen

extension TopologyReader {
    mutating func assumptions(_ fields: Fields, at path: ModelPath) -> Model.Assumptions? {
        guard let entry = sound(fields, "assumptions", of: Language.topology, .assumptions) else { return nil }
        record(entry.keySpan(in: files), at: path)
        let part = Fields(entry.value)
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
        guard let entry = fields["allow"] else {
            if flaws.misses("allow", of: Language.topology.noun) { omissions.leaveOut(.allowance) }
            return []
        }
        record(entry.keySpan(in: files), at: path)
        if entry.value.entries == nil || entry.value.isIncomplete { omissions.leaveOut(.allowance) }
        var allowances: [Model.Allowance] = []
        for entry in entry.value.entries ?? [] {
            let place = path[allowances.count]
            record(entry.keySpan(in: files), at: place)
            record(entry.keySpan(in: files), at: place["code"])
            guard !flaws.mark(at: entry), let reason = text(entry.value, at: place["reason"]) else {
                omissions.leaveOut(.allowance, entry.key)
                continue
            }
            allowances.append(Model.Allowance(code: entry.key, reason: reason))
        }
        return allowances
    }
}
