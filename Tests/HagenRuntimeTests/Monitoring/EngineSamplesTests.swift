import Hagen
import Logging
import PromQL
import Testing

@testable import HagenRuntime

/// Goal: what the engines say of themselves becomes the metrics that alerts are written against.
@Suite struct EngineSamplesTests {
    private func lines(_ engine: Engine, _ detail: EngineStatus.Detail?) -> Set<String> {
        var samples = SampleList(instance: "a1")
        let status = detail.map {
            EngineStatus(topology: "shop", host: "a1", processID: 7, uptime: .milliseconds(2500), detail: $0)
        }
        EngineSamples.collect(engine, status, into: &samples)
        return Set(samples.samples.map { "\($0.labels.description) \(formatted($0.value))" })
    }

    @Test func silentEngine() {
        #expect(lines(.balancer, nil) == [#"hagen_engine_up{engine="balancer",instance="a1"} 0"#])
    }

    @Test func failover() {
        let cluster = FailoverStatus.Cluster(
            name: "db", mode: .activePassive, role: .active, epoch: 7, holder: "a1", workload: .running,
            processID: 99, address: "127.0.0.1", port: 5432, restarts: 3, permitRemaining: .milliseconds(500),
            reason: "")
        let standby = FailoverStatus.Cluster(
            name: "web", mode: .activePassive, role: .standby, epoch: 2, holder: "b1", workload: .starting,
            processID: nil, address: "127.0.0.1", port: nil, restarts: 0, permitRemaining: nil, reason: "")
        let status = FailoverStatus(
            storeReachable: false, clusters: [cluster, standby],
            peers: [.init(host: "b1", age: .milliseconds(250)), .init(host: "c1", age: nil)])
        #expect(
            lines(.failover, .failover(status)) == [
                #"hagen_engine_up{engine="failover",instance="a1"} 1"#,
                #"hagen_engine_uptime_seconds{engine="failover",instance="a1"} 2.5"#,
                #"hagen_store_reachable{instance="a1"} 0"#,
                #"hagen_member_active{cluster="db",instance="a1"} 1"#,
                #"hagen_member_epoch{cluster="db",instance="a1"} 7"#,
                #"hagen_workload_up{cluster="db",instance="a1"} 1"#,
                #"hagen_workload_restarts_total{cluster="db",instance="a1"} 3"#,
                #"hagen_member_permit_remaining_seconds{cluster="db",instance="a1"} 0.5"#,
                #"hagen_member_active{cluster="web",instance="a1"} 0"#,
                #"hagen_member_epoch{cluster="web",instance="a1"} 2"#,
                #"hagen_workload_up{cluster="web",instance="a1"} 0"#,
                #"hagen_workload_restarts_total{cluster="web",instance="a1"} 0"#,
                #"hagen_peer_heartbeat_age_seconds{instance="a1",peer="b1"} 0.25"#,
            ])
    }

    @Test func balancer() throws {
        let address = try #require(SocketAddress("127.0.0.1:80"))
        let listener = BalancerStatus.Listener(
            name: "web", wireProtocol: .http, listen: [address], cluster: "api", connections: 4,
            totalConnections: 50, requests: 60, failures: 2,
            backends: [
                .init(
                    name: "b1", address: address, healthy: true, eligible: true, connections: 3, served: 59, failures: 1
                ),
                .init(
                    name: "b2", address: address, healthy: false, eligible: false, connections: 0, served: 1,
                    failures: 1),
            ])
        let lines = lines(.balancer, .balancer(BalancerStatus(listeners: [listener])))
        #expect(
            lines.isSuperset(of: [
                #"hagen_balancer_backends_healthy{balancer="web",instance="a1"} 1"#,
                #"hagen_balancer_connections{balancer="web",instance="a1"} 4"#,
                #"hagen_balancer_requests_total{balancer="web",instance="a1"} 60"#,
                #"hagen_balancer_failures_total{balancer="web",instance="a1"} 2"#,
                #"hagen_backend_healthy{backend="b1",balancer="web",instance="a1"} 1"#,
                #"hagen_backend_eligible{backend="b2",balancer="web",instance="a1"} 0"#,
            ]))
        #expect(lines.count == 2 + 5 + 10)
    }

    @Test func coordinator() {
        let status = CoordinatorStatus(storeID: "s", revision: 12, keys: 3, watchers: 1)
        #expect(
            lines(.coordinator, .coordinator(status)).contains(#"hagen_coordinator_revision{instance="a1"} 12"#))
    }

    /// An engine is asked for when its folder stands beside the monitor's; one that does not answer is down.
    @Test func prober() async throws {
        let directory = try TemporaryDirectory()
        for engine in ["monitor", "coordinator", "failover"] { _ = try directory.folder(engine) }
        let server = try ControlServer(
            path: directory.path + "/coordinator/control.sock", logger: Logger(label: "test")
        ) { _, _ in ControlSocketTests.answer }
        let prober = EngineProber(runtimeDirectory: directory.path + "/monitor", deadline: .seconds(10))
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            var samples = SampleList(instance: "a1")
            await prober.collect(into: &samples)
            let up = samples.samples.filter { $0.labels.metric == "hagen_engine_up" }
            #expect(up.map { $0.labels["engine"] } == ["coordinator", "failover"])
            #expect(up.map(\.value) == [1, 0])
            group.cancelAll()
        }
    }
}
