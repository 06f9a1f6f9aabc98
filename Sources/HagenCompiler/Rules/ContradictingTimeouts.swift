internal import Hagen

/// Time-outs of a balancer that cannot be meant together.
struct ContradictingTimeouts: Rule {
    let code = DiagnosticCode(155)
    let title = "time-outs that contradict each other"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "A balancer that waits longer for a connection to a member than for the member's answer; whose HTTP "
            + "check lets a member take longer for its answer than requests may; or that speaks TCP and has a "
            + "time-out for requests or responses, which TCP does not have.",
        why: "A time-out that another one contradicts does not do what its writer expects. A member that passes "
            + "its checks in 4s while every request is cut off after 2s is healthy for the balancer and down for "
            + "all clients.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [a1, b1]
            balancers:
              web:
                on: [a1, b1]
                protocol: http
                listen: 80
                to: api
                check: {http: /ready, every: 5s, timeout: 4s}
                timeouts: {response: 2s}
            """,
        fix: "Let a connection take less time than an answer, and a check at most as long as a request may. For "
            + "TCP there are 'connect', 'idle', 'queue' and 'drain'.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/api], port: 8080}}
            members: [a1, b1]
        balancers:
          web:
            on: [a1, b1]
            protocol: http
            listen: 80
            to: api
            check: {http: /ready, every: 5s, timeout: 2s}
            timeouts: {response: 2s, connect: 1s}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        context.model.balancers.enumerated().flatMap { index, balancer -> [Diagnostic] in
            let path = ModelPath.root["balancers"][index]
            return switch balancer.wireProtocol {
            case .http:
                [judgeConnect(balancer, at: path, context), judgeCheck(balancer, at: path, context)].compactMap(\.self)
            case .tcp: judgeTCP(balancer, at: path, context)
            }
        }
    }

    private func judgeConnect(_ balancer: Model.Balancer, at path: ModelPath, _ context: RuleContext) -> Diagnostic? {
        let response = balancer.timeouts.response ?? Defaults.responseTimeout
        guard let connect = balancer.timeouts.connect, connect > response, response > .zero else { return nil }
        return finding(
            "balancer '\(balancer.name)' waits \(connect.text) for a connection to a member, and \(response.text) for its "
                + "answer",
            at: context.span(path["timeouts"]["connect"]), label: "longer than the \(response.text) for an answer",
            secondary: [
                balancer.timeouts.response == nil
                    ? nil : context.label(path["timeouts"]["response"], "for the answer, once connected")
            ],
            notes: balancer.timeouts.response == nil ? ["unsaid, 'response' is \(response.text)"] : [],
            help: ["a connection in one's own network takes milliseconds: '\(Defaults.connectTimeout.text)' is plenty"])
    }

    private func judgeCheck(_ balancer: Model.Balancer, at path: ModelPath, _ context: RuleContext) -> Diagnostic? {
        let response = balancer.timeouts.response ?? Defaults.responseTimeout
        guard let check = balancer.check, case .http = check.kind, let timeout = check.timeout, timeout > response,
            response > .zero
        else { return nil }
        return finding(
            "a member of balancer '\(balancer.name)' is healthy when it answers within \(timeout.text), but requests are cut "
                + "off after \(response.text)",
            at: context.span(path["check"]["timeout"]), label: "a check may take \(timeout.text)",
            secondary: [
                balancer.timeouts.response == nil
                    ? nil : context.label(path["timeouts"]["response"], "a request may take \(response.text)")
            ],
            notes: balancer.timeouts.response == nil ? ["unsaid, 'response' is \(response.text)"] : [],
            help: ["let the check take at most \(response.text)"],
            fixes: context.textSpan(path["check"]["timeout"]).map {
                [.init("write '\(response.text)'", [.init($0, response.text)], .maybe)]
            } ?? [])
    }

    private func judgeTCP(_ balancer: Model.Balancer, at path: ModelPath, _ context: RuleContext) -> [Diagnostic] {
        let timeouts = balancer.timeouts
        return [(timeouts.request, "request"), (timeouts.response, "response")].compactMap { timeout, key in
            guard timeout != nil else { return nil }
            return finding(
                "balancer '\(balancer.name)' has a time-out for a \(key), and speaks TCP, which has none",
                at: context.span(path["timeouts"][key]), label: "has no effect",
                secondary: [context.label(path["wireProtocol"], "connections, not requests")],
                help: ["'idle' ends connections on which nothing moves"])
        }
    }
}
