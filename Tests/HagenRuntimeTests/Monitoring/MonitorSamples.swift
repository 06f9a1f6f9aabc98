import Hagen
import HagenEngine
import PromQL

@testable import HagenRuntime

/// All metrics that a monitor can serve, as it serves them.
enum MonitorSamples {
    static func ofThisHost() throws -> [(metric: String, samples: [Sample])] {
        var list = SampleList(instance: "a1")
        HostCollector().collect(time: 5, into: &list)
        for engine in Engine.allCases where engine != .monitor {
            EngineSamples.collect(engine, try status(of: engine), into: &list)
        }
        var recordings = HostRecordings(common: ["instance": "a1"])
        let start = ContinuousClock.now
        _ = recordings.collected(list.samples, at: start)
        let derived = recordings.collected(list.samples, at: start + .seconds(1))
        var store = SeriesStore(interval: .seconds(1))
        store.collected(list.samples + derived, at: start)
        let alert = Sample(labels: Labels(metric: "ALERTS", ["alertname": "a", "alertstate": "firing"]), value: 1)
        return [(metric: "ALERTS", samples: [alert])] + store.samples
    }

    static func status(of engine: Engine) throws -> EngineStatus {
        let address = SocketAddress(IPAddress(ipv4: [127, 0, 0, 1]), port: 80)
        let detail: EngineStatus.Detail =
            switch engine {
            case .coordinator: .coordinator(CoordinatorStatus(storeID: "s", revision: 1, keys: 1, watchers: 1))
            case .failover:
                .failover(
                    FailoverStatus(
                        storeReachable: true,
                        clusters: [
                            .init(
                                name: "db", mode: .activePassive, role: .active, epoch: 7, holder: "a1",
                                workload: .running, processID: 99, address: "127.0.0.1", port: 5432, restarts: 3,
                                permitRemaining: .seconds(1), reason: "")
                        ], peers: [.init(host: "b1", age: .seconds(1))]))
            case .balancer:
                .balancer(
                    BalancerStatus(listeners: [
                        .init(
                            name: "web", wireProtocol: .http, listen: [address], cluster: "api", connections: 1,
                            totalConnections: 1, requests: 1, failures: 1,
                            backends: [
                                .init(
                                    name: "b1", address: address, healthy: true, eligible: true, connections: 1,
                                    served: 1, failures: 1)
                            ])
                    ]))
            case .monitor:
                .monitor(
                    MonitorStatus(listen: address, series: 0, alerts: [], notificationsSent: 0, notificationsFailed: 0))
            }
        return EngineStatus(topology: "shop", host: "a1", processID: 1, uptime: .seconds(1), detail: detail)
    }
}
