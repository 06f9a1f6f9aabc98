internal import Glibc
internal import HagenEngine

/// A member without a program: it runs for as long as it holds its addresses, and is dead once they are off.
struct AddressesAlone: SupervisedWorkload {
    private(set) var ending: String?
    var processID: pid_t? { nil }
    var wake: Instant? { nil }
    var isDead: Bool { true }

    mutating func stop(at now: Instant) { ending = "ended" }
    mutating func kill() {}
    mutating func clear(at now: Instant) {}
    mutating func timeReached(at now: Instant) {}
    mutating func childEnded(_ process: pid_t, status: Int32, at now: Instant) {}
}
