internal import FoundationEssentials
internal import Logging
internal import NIOCore
internal import NIOFoundationCompat
internal import Synchronization

/// Asks each member for its version and warns, once a version, of known faults.
final class EtcdVersionCheck: Sendable {
    private static let timeout = Duration.milliseconds(300)
    /// Members that did not answer are asked again.
    private static let pause = Duration.seconds(60)

    private struct Page: Decodable {
        var etcdserver: String
    }
    private struct State {
        var unknown: Set<Int>
        var warnedOf: Set<String> = []
    }

    private let endpoints: EtcdEndpoints
    private let logger: Logger
    private let state: Mutex<State>

    init(endpoints: EtcdEndpoints, logger: Logger) {
        self.endpoints = endpoints
        self.logger = logger
        state = Mutex(State(unknown: Set(endpoints.addresses.indices)))
    }

    /// Returns when every member has told its version, or when it is cancelled.
    func run() async {
        while !Task.isCancelled {
            let members = state.withLock { $0.unknown.sorted() }
            guard !members.isEmpty else { return }
            await ask(members)
            guard state.withLock({ !$0.unknown.isEmpty }) else { return }
            try? await Task.sleep(for: Self.pause)
        }
    }

    private func ask(_ members: [Int]) async {
        let versions = await withTaskGroup(of: (Int, String?).self) { [endpoints] group in
            for member in members {
                group.addTask {
                    let page = try? await endpoints.page("/version", of: member, timeout: Self.timeout)
                    return (member, page.flatMap { try? JSONDecoder().decode(Page.self, from: $0).etcdserver })
                }
            }
            return await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
        }
        state.withLock { $0.unknown.subtract(versions.keys) }
        for version in Set(versions.values).sorted() {
            guard let warning = EtcdVersion.warning(about: version), warn(of: version) else { continue }
            let members = versions.filter { $0.value == version }.keys.sorted()
            logger.warning(
                "\(warning)",
                metadata: ["endpoints": "\(members.map { endpoints.addresses[$0] }.joined(separator: " "))"])
        }
    }

    private func warn(of version: String) -> Bool { state.withLock { $0.warnedOf.insert(version).inserted } }
}
