package import Hagen

/// One engine of one host of a lab.
package struct LabEngine: Hashable, Codable, Comparable, Sendable, CustomStringConvertible {
    /// The name that stands for the store, which runs beside the hosts, where hosts are named.
    package static let coordinatorHost = "coordinator"

    package var host: String
    package var engine: Engine

    package init(host: String, engine: Engine) {
        self.host = host
        self.engine = engine
    }

    /// The order in which they are started, and shown.
    package static func < (left: Self, right: Self) -> Bool {
        (left.engine == .coordinator ? 0 : 1, left.host, left.engine.rank)
            < (right.engine == .coordinator ? 0 : 1, right.host, right.engine.rank)
    }

    package var description: String {
        engine == .coordinator ? "the coordinator" : "the \(engine.rawValue) of \(host)"
    }
}

extension Engine {
    fileprivate var rank: Int {
        switch self {
        case .coordinator: 0
        case .failover: 1
        case .balancer: 2
        case .monitor: 3
        }
    }
}

extension Release {
    /// The engines that run in a lab, each with its configuration's path in the release, in the order of their start.
    package var labEngines: [(engine: LabEngine, configuration: String)] {
        var engines: [(engine: LabEngine, configuration: String)] = []
        if coordinator != nil {
            engines.append(
                (
                    LabEngine(host: LabEngine.coordinatorHost, engine: .coordinator),
                    "coordinator/etc/hagen/coordinator.json"
                ))
        }
        for host in hosts {
            let present: [Engine] = [
                host.coordinator.map { _ in .coordinator }, host.failover.map { _ in .failover },
                host.balancer.map { _ in .balancer }, host.monitor.map { _ in .monitor },
            ].compactMap(\.self)
            for engine in present {
                engines.append(
                    (LabEngine(host: host.name, engine: engine), "hosts/\(host.name)/etc/hagen/\(engine.rawValue).json")
                )
            }
        }
        return engines.sorted { $0.engine < $1.engine }
    }
}
