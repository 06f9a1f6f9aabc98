internal import Glibc
internal import Hagen

/// Asks the host's other engines how they are, over their control sockets.
///
/// The engines of a host have their runtime folders side by side; one whose folder exists is meant to run, and one that
/// does not answer in time is down (`hagen_engine_up` 0), whatever the reason.
package struct EngineProber: Sendable {
    private let parent: String
    private let deadline: Duration

    /// - Parameters:
    ///   - runtimeDirectory: the monitor's own.
    ///   - deadline: how long to wait for an answer.
    package init(runtimeDirectory: String, deadline: Duration) {
        let parent = runtimeDirectory.split(separator: "/").dropLast().joined(separator: "/")
        self.parent = "/" + parent
        self.deadline = deadline
    }

    package func collect(into samples: inout SampleList) async {
        var statuses: [Engine: EngineStatus?] = [:]
        await withTaskGroup(of: (Engine, EngineStatus?).self) { group in
            for engine in Engine.allCases where engine != .monitor && exists("\(parent)/\(engine.rawValue)") {
                group.addTask { (engine, await status(of: engine)) }
            }
            for await (engine, status) in group { statuses[engine] = .some(status) }
        }
        for engine in Engine.allCases {
            guard let status = statuses[engine] else { continue }
            EngineSamples.collect(engine, status, into: &samples)
        }
    }

    private func status(of engine: Engine) async -> EngineStatus? {
        let path = "\(parent)/\(engine.rawValue)/\(EngineEnvironment.controlSocket)"
        guard case .status(let status) = try? await ControlClient.ask(.status, at: path, deadline: deadline) else {
            return nil
        }
        return status
    }

    private func exists(_ folder: String) -> Bool {
        var properties = stat()
        return stat(folder, &properties) == 0 && properties.st_mode & S_IFMT == S_IFDIR
    }
}
