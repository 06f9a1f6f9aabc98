internal import Hagen

extension TopologySwift {
    var monitoringInterval: [SwiftStatement] {
        guard let interval = model.monitoring.interval else { return [] }
        return [SwiftStatement(.call("Monitoring", [.init("every", .code(SwiftText.duration(interval)))]))]
    }

    mutating func statement(of alert: Model.Alert, at path: ModelPath) -> SwiftStatement {
        var labels = alert.labels
        let severity = labels["severity"].flatMap(Severity.init)
        if severity != nil { labels["severity"] = nil }
        var arguments = SwiftArguments(.text(alert.name))
        arguments.add("expression", alert.expression)
        arguments.add("for", alert.hold)
        arguments.add("keepFiringFor", alert.keepFiring)
        arguments.add("severity", severity.map { .code(".\($0.rawValue)") })
        arguments.add("labels", labels)
        arguments.add("annotations", alert.annotations)
        addReceivers(alert.receivers, "notify", to: &arguments, at: path["receivers"])
        return SwiftStatement(arguments.call("Alert"))
    }

    mutating func statement(of route: Model.Route, at path: ModelPath) -> SwiftStatement {
        var arguments = SwiftArguments()
        arguments.add(nil, route.match)
        addReceivers(route.receivers, "to", to: &arguments, at: path["receivers"])
        arguments.add("continuing", route.continue, unless: false)
        return SwiftStatement(arguments.call("Route"))
    }

    /// The label stands before the first of them.
    private mutating func addReceivers(
        _ names: [String], _ label: String, to arguments: inout SwiftArguments, at path: ModelPath
    ) {
        for (index, name) in names.enumerated() {
            arguments.add(index == 0 ? label : nil, receiver(name, at: path[index]))
        }
    }

    mutating func statement(of objective: Model.Objective, at path: ModelPath) -> SwiftStatement {
        var arguments = SwiftArguments(.text(objective.name))
        arguments.add("of", .code(cluster(objective.cluster, at: path["cluster"])))
        arguments.add("availability", objective.availability.map { .code(SwiftText.ratio($0)) })
        arguments.add("window", objective.window)
        arguments.add("recoveryTime", objective.recoveryTime)
        arguments.add("recoveryPoint", objective.recoveryPoint)
        return SwiftStatement(arguments.call("Objective"))
    }

    var assumptions: [SwiftStatement] {
        guard let assumptions = model.assumptions else { return [] }
        func failing(_ failures: Model.Failures) -> SwiftExpression {
            var times = SwiftArguments()
            times.add("every", failures.meanTimeBetweenFailures)
            times.add("for", failures.meanTimeToRepair)
            return times.call(".failing")
        }
        var arguments = SwiftArguments()
        arguments.add("host", assumptions.host.map(failing))
        arguments.add("zone", assumptions.zone.map(failing))
        arguments.add("workload", assumptions.workload.map(failing))
        if let work = assumptions.maintenance {
            var times = SwiftArguments(.code(SwiftText.duration(work.every)))
            times.add("for", work.duration)
            arguments.add("maintenance", times.call(".every"))
        }
        return [SwiftStatement(arguments.call("Assumptions"))]
    }

    var allowances: [SwiftStatement] {
        model.allowances.map { allowance in
            SwiftStatement(
                .call(
                    "Allow", [.init(nil, .text(allowance.code)), .init("because", .text(allowance.reason))]))
        }
    }
}
