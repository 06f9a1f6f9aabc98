internal import Hagen

/// What happens in a lab beyond what its engines say themselves.
package enum LabEvent: Equatable, Sendable, CustomStringConvertible {
    case started(LabEngine, processID: Int32)
    /// It ended although nobody told it to, and is started again after a second.
    case crashed(LabEngine, ChildProcess.Ending)
    /// It crashed too often, and stays down until its host is healed.
    case gaveUp(LabEngine)
    case couldNotStart(LabEngine, DeployError)
    case faulted(LabFault)

    package var description: String {
        switch self {
        case .started(let engine, let processID): "\(engine) started (process \(processID))"
        case .crashed(let engine, let ending): "\(engine) \(ending), and is started again in 1s"
        case .gaveUp(let engine):
            "\(engine) crashed too often and stays down: 'hagen fault heal \(engine.host)' starts it"
        case .couldNotStart(let engine, let error): "\(engine) could not be started: \(error)"
        case .faulted(let fault):
            switch (fault.kind, fault.engine) {
            case (.kill, nil): "\(fault.host) is killed"
            case (.kill, let engine?): "the \(engine.rawValue) of \(fault.host) is killed"
            case (.freeze, nil): "\(fault.host) is frozen"
            case (.freeze, let engine?): "the \(engine.rawValue) of \(fault.host) is frozen"
            case (.heal, _): "\(fault.host) is healed"
            }
        }
    }
}

/// How often a crashed engine is started again, as its unit would: a second after each crash, five times in 30 s.
struct StartLimit: Equatable, Sendable {
    static let delay: Duration = .seconds(1)
    static let starts = 5
    static let window: Duration = .seconds(30)

    private var instants: [ContinuousClock.Instant] = []

    /// Whether it may be started now; counts the start when it may.
    mutating func allowsStart(at now: ContinuousClock.Instant) -> Bool {
        instants.removeAll { now - $0 >= Self.window }
        guard instants.count < Self.starts else { return false }
        instants.append(now)
        return true
    }
}
