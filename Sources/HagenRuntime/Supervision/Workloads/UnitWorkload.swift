internal import Glibc
internal import Hagen
internal import HagenEngine

/// A systemd unit. systemd starts and stops it, asked by `systemctl`, one command at a time; each look at it is such a command too.
/// The kernel tells when processes come or go in its control group, so that a crash is seen at once and looks in between
/// can be rare.
///
/// To end it at the deadline needs no systemd: its control group is killed. It is dead when that group is empty and systemd
/// says that it is over, so that no job of systemd's fills the group again. Without a unified hierarchy systemd's word
/// alone has to do.
struct UnitWorkload: SupervisedWorkload {
    /// From one look to the next where nothing has changed.
    private static let lookInterval: Duration = .seconds(5)
    /// While it starts or ends: the first look and the longest time between two.
    private static let shortestLookInterval: Duration = .milliseconds(10)
    private static let longestLookInterval: Duration = .milliseconds(500)
    /// A look at the control group alone, which costs next to nothing.
    private static let probeInterval: Duration = .milliseconds(100)
    /// For systemctl to answer; it does not wait for jobs.
    private static let patience: Duration = .seconds(10)

    private let unit: String
    private let start: WorkloadStart
    private let surroundings: WorkloadSurroundings
    private var command: (kind: UnitCommand, action: SupervisedAction, isAbandoned: Bool)?
    /// systemd was asked to start it, or had done so already.
    private var isConcerned = false
    private var isStopping = false
    private var isKilled = false
    /// The command that is next, once the one under way has ended.
    private var next: UnitCommand?
    private var properties: UnitProperties?
    private var controlGroup: ControlGroup?
    private var events: Int32?
    private var lookAt: Instant?
    /// When to see for ourselves whether its group is empty.
    private var nextProbe = Instant(nanoseconds: 0)
    /// The last look found it empty.
    private var isKnownEmpty = false
    private var lookDelay = Self.shortestLookInterval
    /// A look that began after it was to end found it over.
    private var isOver = false
    private(set) var ending: String?

    init(_ unit: String, _ start: WorkloadStart, in surroundings: WorkloadSurroundings) throws(EngineFailure) {
        self.unit = unit
        self.start = start
        self.surroundings = surroundings
        run(.look, at: .now)
        if let ending { throw EngineFailure(ending) }
    }

    var processID: pid_t? { ending == nil ? properties?.mainProcess : nil }
    var wake: Instant? {
        command.map(\.action.wake) ?? [lookAt, probeAt].compactMap(\.self).min()
    }
    /// `nil` while there is nothing to find out.
    private var probeAt: Instant? { lookAt == nil || isKnownEmpty || controlGroup == nil ? nil : nextProbe }
    var watched: Int32? { events }

    var isDead: Bool {
        guard command == nil else { return false }
        return (!isConcerned || isOver) && (controlGroup?.state.isProvedEmpty ?? true)
    }

    mutating func stop(at now: Instant) {
        isStopping = true
        ask(.stop, at: now)
    }

    mutating func kill() {
        isKilled = true
        isOver = false
        lookAt = nil
        controlGroup?.kill()
        // What is under way may hang with systemd; and a look that has begun is too old to prove anything.
        command?.isAbandoned = true
        command?.action.kill()
        next = isConcerned ? .kill : nil
    }

    mutating func clear(at now: Instant) {
        if isConcerned { controlGroup?.kill() }
        guard command == nil, !isOver, isConcerned else { return }
        // systemd may be about to start what belongs to its end (ExecStopPost=), or have a job to start it again.
        let last = next ?? .look
        next = last == .kill ? .stop : nil
        run(last, at: now)
    }

    mutating func timeReached(at now: Instant) {
        command?.action.timeReached(at: now)
        guard command == nil, ending == nil, !isKilled, let lookAt else { return }
        if let probeAt, probeAt <= now {
            nextProbe = now + Self.probeInterval
            // The kernel does not always tell of a group that systemd removes at once.
            if controlGroup?.state.isProvedEmpty ?? false {
                lookDelay = Self.shortestLookInterval
                return run(.look, at: now)
            }
        }
        if lookAt <= now { run(.look, at: now) }
    }

    mutating func watchedChanged(at now: Instant) {
        guard let events else { return }
        // Stopped and started again by hand, it has another group of the same name.
        if ControlGroup.state(events: events) != .populated {
            watch(nil)
            // systemd may not know yet.
            lookDelay = Self.shortestLookInterval
        }
        if ending == nil, !isKilled { ask(.look, at: now) }
    }

    mutating func childEnded(_ process: pid_t, status: Int32, at now: Instant) {
        guard let command, command.action.processID == process else { return }
        let outcome = command.action.finish(status: status)
        self.command = nil
        if !command.isAbandoned { finished(command.kind, outcome, at: now) }
        guard self.command == nil, !isKilled, ending == nil, let next else { return }
        self.next = nil
        run(next, at: now)
    }

    mutating func finish() { watch(nil) }

    private mutating func finished(_ kind: UnitCommand, _ outcome: SupervisedAction.Outcome, at now: Instant) {
        guard kind == .look else {
            if outcome.exitCode != 0, kind == .start, !isKilled {
                let words = outcome.output.split(separator: "\n").first.map(String.init) ?? outcome.ending
                fail("was not started by systemd: \(words)")
            } else if !isKilled {
                lookDelay = Self.shortestLookInterval
                next = next ?? .look
            }
            return
        }
        guard outcome.exitCode == 0 else {
            // Nobody knows whether it runs. Where it never was started, that is the end; else the permit limits the doubt.
            lookAt = isKilled || ending != nil ? nil : now + Self.longestLookInterval
            if !isConcerned { fail("could not be looked at: systemctl \(outcome.ending) \(outcome.output)") }
            return
        }
        looked(UnitProperties(outcome.output), at: now)
    }

    private mutating func looked(_ properties: UnitProperties, at now: Instant) {
        self.properties = properties
        watch(properties.controlGroup)
        if isKilled || ending != nil {
            isOver = properties.isOver
            lookAt = nil
            return
        }
        guard isConcerned else { return begin(properties, at: now) }
        if properties.isOver {
            isOver = true
            return fail(properties.ending)
        }
        let isEmpty = controlGroup?.state.isProvedEmpty ?? false
        // A unit that stays active without a process is as it should be, once systemd had its time to notice an end.
        let isAsItShouldBe = !isEmpty || lookDelay >= Self.longestLookInterval
        let isSettled = properties.isActive && !properties.hasJob && !isStopping && isAsItShouldBe
        isKnownEmpty = isEmpty
        lookDelay = isSettled ? Self.lookInterval : min(lookDelay * 2, Self.longestLookInterval)
        lookAt = now + lookDelay
    }

    /// The first look.
    private mutating func begin(_ properties: UnitProperties, at now: Instant) {
        if let refusal = properties.refusal(of: unit) { return fail(refusal) }
        if !properties.isOver {
            isConcerned = true
            return fail("ran already, started by somebody else")
        }
        if isStopping { return fail("was stopped before it was started") }
        do {
            try UnitEnvironment.write(start.environment, to: surroundings.environmentFile)
        } catch {
            return fail("was not started: \(error)")
        }
        isConcerned = true
        next = nil
        run(.start, at: now)
    }

    private mutating func fail(_ words: String) {
        ending = words
        lookAt = nil
        if isConcerned, !isOver { next = .kill }
    }

    private mutating func ask(_ kind: UnitCommand, at now: Instant) {
        if command == nil { run(kind, at: now) } else if next != .stop { next = kind }
    }

    private mutating func run(_ kind: UnitCommand, at now: Instant) {
        do {
            // Outside of the workload's group: it is no part of it.
            let action = try SupervisedAction(
                kind.words(for: unit), environment: UnitCommand.environment(start.environment), in: surroundings,
                controlGroup: nil, until: now + Self.patience, captures: true)
            command = (kind, action, false)
        } catch {
            if ending == nil, !isKilled { fail("cannot ask systemd: \(error)") }
        }
    }

    /// - Parameter name: as systemd gives it; `nil`: it has none now.
    private mutating func watch(_ name: String?) {
        let group = name.flatMap { name in ControlGroupHierarchy.current?.group(named: name) }
        if let group { controlGroup = group }
        guard group == nil || events == nil else { return }
        if let events { close(events) }
        events = nil
        guard let descriptor = group?.openEvents(), descriptor >= 0 else { return }
        events = descriptor
        _ = ControlGroup.state(events: descriptor)
    }
}
