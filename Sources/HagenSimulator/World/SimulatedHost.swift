internal import HagenEngine

/// One host: what runs on it, what lies on its disk, and what is wrong with it.
struct SimulatedHost: Sendable {
    let name: String
    let isMember: Bool
    var clock: HostClock
    /// What the wall clock shows beyond the boot-time clock; faults make it jump.
    var wallClockOffset: Int64 = 0

    /// Without power or booting until then.
    var downUntil: VirtualTime = 0
    /// Neither a process nor the kernel runs until then.
    var frozenUntil: VirtualTime = 0
    var agentFrozenUntil: VirtualTime = 0
    var supervisorFrozenUntil: VirtualTime = 0
    var diskFullUntil: VirtualTime = 0
    var diskSlowUntil: VirtualTime = 0
    /// How much longer a write to the disk takes while it is slow.
    var diskDelay: VirtualTime = 0
    var workloadFailsUntil: VirtualTime = 0
    /// The workload ignores SIGTERM.
    var workloadHangsUntil: VirtualTime = 0
    /// The workload sleeps uninterruptibly: SIGKILL works only later.
    var workloadSticksUntil: VirtualTime = 0
    /// What the gates of this host look at is not well.
    var gateClosedUntil: VirtualTime = 0
    /// The agent reaches no member of the store, while the member on this host reaches the others.
    var storeCutUntil: VirtualTime = 0
    /// Greetings of the agents neither leave nor arrive.
    var greetingsCutUntil: VirtualTime = 0

    @Apart var agent: SimulatedAgent? = nil
    /// Grows with each start of a process on this host.
    var processes = 0
    /// Which planned start of the agent counts: one that was killed is started again by systemd.
    var agentStart = 0
    @Apart var supervisor: SimulatedSupervisor? = nil
    var workload: SimulatedWorkload?
    /// On the disk.
    @Apart var memory: LeaseMemory? = nil
    var hasAddress = false
    /// Until when the kernel lets the service through.
    var gateOpenUntil: VirtualTime = 0

    init(name: String, isMember: Bool, clock: HostClock) {
        self.name = name
        self.isMember = isMember
        self.clock = clock
    }

    func isUp(at now: VirtualTime) -> Bool { now >= downUntil && now >= frozenUntil }

    /// When the agent can run again; `nil` where nothing keeps it from running.
    func agentResumes(after now: VirtualTime) -> VirtualTime? {
        let until = max(frozenUntil, agentFrozenUntil)
        return now < until ? until : nil
    }

    func supervisorResumes(after now: VirtualTime) -> VirtualTime? {
        let until = max(frozenUntil, supervisorFrozenUntil)
        return now < until ? until : nil
    }
}
