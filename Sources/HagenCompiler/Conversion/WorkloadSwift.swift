internal import Hagen

extension Model.Workload {
    /// Whether it may speak HTTP: what `Application` says of types.
    var isApplication: Bool {
        switch self {
        case .process, .systemd, .ocf, .external: true
        case .postgreSQL, .mariaDB, .redis, .mongoDB, .slurm: false
        }
    }
}

extension TopologySwift {
    mutating func workload(_ workload: Model.Workload, at path: ModelPath) -> SwiftExpression {
        var arguments = SwiftArguments()
        switch workload {
        case .process(let process): return self.process(process, at: path)
        case .systemd(let unit, let port, let stopTimeout):
            arguments.add(nil, unit)
            arguments.add("port", port)
            arguments.add("stopTimeout", stopTimeout?.wrappedValue)
            return arguments.call(".systemd")
        case .postgreSQL(let version, let port):
            arguments.add(nil, version)
            arguments.add("port", port)
            return arguments.call(".postgreSQL")
        case .mariaDB(let version, let port):
            arguments.add(nil, version)
            arguments.add("port", port)
            return arguments.call(".mariaDB")
        case .redis(let version, let port):
            arguments.add(nil, version)
            arguments.add("port", port)
            return arguments.call(".redis")
        case .mongoDB(let version, let port):
            arguments.add(nil, version)
            arguments.add("port", port)
            return arguments.call(".mongoDB")
        case .slurm(let partition):
            arguments.add("partition", partition)
            return arguments.call(".slurm")
        case .ocf(let agent, let parameters, let port, let stopTimeout):
            arguments.add(nil, agent)
            arguments.add("parameters", parameters)
            arguments.add("port", port)
            arguments.add("stopTimeout", stopTimeout?.wrappedValue)
            return arguments.call(".ocf")
        case .external(let endpoints):
            for endpoint in endpoints { arguments.add(nil, endpoint) }
            return arguments.call(".external")
        }
    }

    private mutating func process(_ process: Model.ProcessWorkload, at path: ModelPath) -> SwiftExpression {
        if process.command.isEmpty {
            refuse(path, "the process has no command", help: "write the program that it runs")
        }
        var arguments = SwiftArguments()
        for word in process.command { arguments.add(nil, word) }
        arguments.add("port", process.port)
        arguments.add("environment", process.environment)
        arguments.add("user", process.user)
        arguments.add("standby", process.standby.map { .code(".\($0.rawValue)") })
        if let restarts = process.restarts {
            var policy = SwiftArguments(.code("\(restarts.limit)"))
            policy.add("within", restarts.window)
            arguments.add("restarts", policy.call(".atMost"))
        }
        arguments.add("stopTimeout", process.stopTimeout)
        arguments.add("startTime", process.startTime)
        return arguments.call(".process")
    }

    /// - Parameter type: `Check` where a statement begins so, else empty.
    func check(_ check: Model.Check, of type: String = "") -> SwiftExpression {
        var arguments = SwiftArguments()
        let name: String
        var rest: (status: [Int], contains: String?) = ([], nil)
        switch check.kind {
        case .tcp: name = ".tcp"
        case .role: name = ".role"
        case .command(let command):
            name = ".command"
            arguments.add(nil, .texts(command))
        case .nagios(let command):
            name = ".nagios"
            arguments.add(nil, .texts(command))
        case .http(let path, let status, let contains):
            name = ".http"
            arguments.add(nil, path)
            rest = (status, contains)
        }
        arguments.add("every", check.every)
        arguments.add("timeout", check.timeout)
        arguments.add("rise", check.rise)
        arguments.add("fall", check.fall)
        if !rest.status.isEmpty { arguments.add("status", .list(rest.status.map { .code("\($0)") })) }
        arguments.add("contains", rest.contains)
        return arguments.call(type + name)
    }
}
