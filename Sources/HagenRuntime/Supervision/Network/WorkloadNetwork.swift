internal import Glibc
internal import Hagen
internal import HagenEngine

/// What one supervisor does in the host's network for its workload: the virtual IPs, and the kernel's permit.
///
/// A member that becomes active has its addresses put on before its program starts, which may want to listen on them, and
/// announced once it was started: until then nobody looks for them here. A hot standby is told of its role first, and gets
/// its addresses in the same instant. They are taken off after the order to kill, and before the word that the workload is dead:
/// on a stop, when the program has ended by itself, so that it finishes what it has begun.
final class WorkloadNetwork {
    private let path: String
    private let addresses = VirtualAddresses()
    private let gate = PermitGate()
    private var wanted = NetworkRecord()
    private var gateProblem: String?
    private var permitProblem: String?
    private var problems: [String] = []

    /// - Parameter socket: the supervisor's, beside which lies what it has put into the network.
    init(socket: String) { path = NetworkRecord.path(besides: socket) }

    var wake: Instant? { addresses.wake }

    /// What a person should know, in words; each stands as long as it holds.
    var notes: [String] {
        problems + [gateProblem, permitProblem, addresses.endingProblem].compactMap(\.self) + claims
    }
    /// Those of the notes that say who else claims an address.
    var claims: [String] { addresses.claims }

    /// Takes off the addresses that a lost supervisor of this workload left. Its port stays closed: nobody has proved yet
    /// that what listens there is dead.
    ///
    /// - Parameter besides: addresses that are the workload's whatever a record says.
    /// - Throws: in words, where an address may still be there.
    static func removeAddresses(
        socket: String, besides: [FailoverConfiguration.VirtualAddress]
    ) throws(EngineFailure) {
        let recorded = try NetworkRecord.read(NetworkRecord.path(besides: socket))?.addresses ?? []
        try VirtualAddresses.removeLeftovers(recorded + besides.filter { !recorded.contains($0) })
    }

    /// Takes away all that an earlier supervisor of this workload left in the network, once the workload is proved dead.
    ///
    /// - Throws: in words, where an address may still be there.
    static func removeLeftovers(socket: String) throws(EngineFailure) {
        let path = NetworkRecord.path(besides: socket)
        let record = try NetworkRecord.read(path)
        try VirtualAddresses.removeLeftovers(record?.addresses ?? [])
        guard let record else { return }
        PermitGate.removeLeftovers(PermitKey.of(record.addresses, port: record.permitPort))
        unlink(path)
    }

    /// Before a workload is started: notes down what it is about to have, and closes its port.
    func prepare(_ start: WorkloadStart) throws(EngineFailure) {
        problems = []
        let wanted = NetworkRecord(addresses: start.addresses, permitPort: start.permitPort)
        guard wanted != self.wanted else { return }
        leave()
        try wanted.write(path)
        self.wanted = wanted
        // Without a permit nothing ends.
        guard start.permit != nil || start.role == .standby else { return }
        do {
            try gate.manage(PermitKey.of(start.addresses, port: start.permitPort))
            gateProblem = nil
        } catch {
            gateProblem =
                "the kernel does not cut clients off when this supervisor hangs (nftables): \(error.description)\(error.code == EPERM ? ", it takes CAP_NET_ADMIN" : "")"
        }
    }

    /// Opens the port, and puts the addresses on.
    ///
    /// - Throws: in words; then none is there.
    func take(until deadline: Instant?, at now: Instant) throws(EngineFailure) {
        if let problem = permit(until: deadline, at: now) { throw EngineFailure(problem) }
        do {
            try addresses.take(wanted.addresses, until: deadline, at: now)
        } catch {
            gate.close()
            throw error
        }
    }

    /// Tells the neighbours.
    func announce(at now: Instant) { problems += addresses.announce(at: now) }

    /// - Returns: why the member cannot go on, in words.
    func extend(until deadline: Instant, at now: Instant) -> String? {
        // The next extension tries again; where none succeeds, the kernel closes what nobody may reach then.
        permitProblem = permit(until: deadline, at: now)
        return addresses.extend(until: deadline, at: now)
    }

    func act(at now: Instant) { addresses.act(at: now) }

    /// Closes the port and takes the addresses off.
    ///
    /// - Returns: `false` where one may still be there; to be called again then.
    func release() -> Bool {
        gate.close()
        let problem = addresses.release()
        problems = problem.map { [$0] } ?? []
        return problem == nil
    }

    /// At the supervisor's end, when nothing runs any more: no trace stays.
    func leave() {
        gate.leave()
        unlink(path)
        wanted = NetworkRecord()
    }

    private func permit(until deadline: Instant?, at now: Instant) -> String? {
        guard let deadline else { return nil }
        do {
            try gate.permit(until: deadline, at: now)
            return nil
        } catch {
            return "the kernel's permit cannot be renewed (nftables): \(error.description)"
        }
    }
}
