internal import Glibc
internal import Hagen
internal import HagenProxy

/// The data plane with one listener and one loop, without the shell: `BalancerBenchmark http|tcp LISTEN BACKEND...`.
@main
enum Main {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let name = arguments.first, let wireProtocol = Model.Balancer.WireProtocol(rawValue: name),
            case let addresses = arguments.dropFirst().compactMap(SocketAddress.init), addresses.count >= 2
        else {
            print("usage: BalancerBenchmark http|tcp LISTEN BACKEND...")
            exit(64)
        }
        let backends = addresses.dropFirst().enumerated().map {
            BalancerConfiguration.Backend(name: "b\($0.offset)", address: $0.element, weight: 1)
        }
        let listener = BalancerConfiguration.Listener(
            name: "benchmark", wireProtocol: wireProtocol, listen: [addresses[0]], strategy: .roundRobin,
            cluster: "benchmark", selection: .members, backends: backends, check: nil,
            timeouts: .init(
                connect: .seconds(5), request: .seconds(60), response: .seconds(60), idle: .seconds(600),
                queue: .seconds(5), drain: .seconds(1)),
            retries: 2, maximumConnections: 10_000)
        let server = try ProxyServer(
            BalancerConfiguration(topology: "benchmark", host: "here", store: nil, loops: 1, listeners: [listener])
        ) { event in print(event) }
        for index in backends.indices { server.setEligible(until: .max, listener: 0, backend: index) }
        // Ends by SIGTERM.
        withExtendedLifetime(server) { while true { pause() } }
    }
}
