internal import Hagen

extension TopologyReader {
    mutating func workload(_ kinds: Fields, at path: ModelPath) -> Model.Workload? {
        if let fields = part(kinds, "process", at: path) { return process(fields, at: path).map { .process($0) } }
        if let fields = part(kinds, "systemd", at: path) {
            return text(fields, "unit", at: path["unit"]).map {
                .systemd(unit: $0, port: port(fields, at: path), stopTimeout: stopTimeout(fields, at: path))
            }
        }
        if let fields = part(kinds, "postgresql", at: path) {
            return integer(fields, "version", at: path["version"]).map {
                .postgreSQL(version: $0, port: port(fields, at: path))
            }
        }
        if let fields = part(kinds, "mariadb", at: path) {
            return text(fields, "version", at: path["version"]).map {
                .mariaDB(version: $0, port: port(fields, at: path))
            }
        }
        if let fields = part(kinds, "redis", at: path) {
            return .redis(version: text(fields, "version", at: path["version"]), port: port(fields, at: path))
        }
        if let fields = part(kinds, "mongodb", at: path) {
            return .mongoDB(version: text(fields, "version", at: path["version"]), port: port(fields, at: path))
        }
        if let fields = part(kinds, "slurm", at: path) {
            return .slurm(partition: text(fields, "partition", at: path["partition"]))
        }
        if let fields = part(kinds, "ocf", at: path) {
            return text(fields, "agent", at: path["agent"]).map {
                .ocf(
                    agent: $0, parameters: textsByKey(fields, "parameters", at: path["parameters"]),
                    port: port(fields, at: path), stopTimeout: stopTimeout(fields, at: path))
            }
        }
        if let fields = part(kinds, "external", at: path) {
            return .external(endpoints: texts(fields, "endpoints", at: path["endpoints"]))
        }
        return nil
    }

    private mutating func port(_ fields: Fields, at path: ModelPath) -> Int? {
        integer(fields, "port", at: path["port"])
    }

    private mutating func stopTimeout(_ fields: Fields, at path: ModelPath) -> DurationText<Duration>? {
        duration(fields, "stopTimeout", at: path["stopTimeout"]).map { DurationText(wrappedValue: $0) }
    }

    private mutating func process(_ fields: Fields, at path: ModelPath) -> Model.ProcessWorkload? {
        var process = Model.ProcessWorkload(
            command: texts(fields, "command", at: path["command"]), port: port(fields, at: path),
            environment: textsByKey(fields, "environment", at: path["environment"]),
            user: text(fields, "user", at: path["user"]), standby: word(fields, "standby", at: path["standby"]),
            stopTimeout: duration(fields, "stopTimeout", at: path["stopTimeout"]),
            startTime: duration(fields, "startTime", at: path["startTime"]))
        let restarts = path["restarts"]
        if let policy = part(fields, "restarts", at: restarts) {
            guard let limit = integer(policy, "limit", at: restarts["limit"]),
                let window = duration(policy, "window", at: restarts["window"])
            else { return nil }
            process.restarts = Model.Restarts(limit: limit, window: window)
        }
        return process
    }
}
