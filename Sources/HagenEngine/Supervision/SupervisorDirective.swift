/// What a supervisor's machine tells its shell to do, in this order.
package enum SupervisorDirective: Equatable, Sendable {
    /// Start the workload, with its addresses where it is the active one; then say `started` or `couldNotStart`.
    case start
    /// The permit lasts until then: tell the watchdog and the kernel.
    case extend(until: Instant)
    /// Tell the hot standby that it is the active one now and give it its addresses; then say `promoted` or
    /// `couldNotPromote`.
    case promote(Permit)
    /// SIGTERM. The addresses stay, so that the workload finishes what it has begun.
    case stop
    /// SIGKILL to all of it, now; then close its port and take its addresses off.
    case kill
    /// It has ended by itself: close its port, take its addresses off, and end what it left.
    case clear
    /// The order is not obeyed, for this reason.
    case refuse(String)
}
