internal import Glibc
internal import Hagen
internal import HagenEngine

/// The virtual IPs that one supervisor holds (rule 15 of the safety page).
///
/// Who takes one off by its deadline: the supervisor. Where that one was killed: the agent, before it starts another. Where
/// both hang or are dead: the kernel, for every address carries a lifetime that each extension of the permit renews. The
/// kernel counts in whole seconds, so that this comes one to three seconds after the permit's end.
final class VirtualAddresses {
    /// What an announcement depends on.
    private struct Place: Hashable {
        var address: IPAddress
        var interface: NetworkInterface
    }

    private struct Held {
        var address: FailoverConfiguration.VirtualAddress
        var index: Int32
        /// `nil` where the interface has no neighbours to tell.
        var announcement: AddressAnnouncement?
    }
    /// How long connections may be ended before an address is taken off: that must not wait for them.
    private static let endingTime: Duration = .milliseconds(5)
    /// A renewal that is due within this time is made at once.
    private static let renewalMargin: Duration = .milliseconds(500)

    private var held: [Held] = []
    /// Kept for the next time: to close a packet socket takes the kernel 10 milliseconds and more, in which an address would
    /// not be handed over.
    private var announcements: [Place: AddressAnnouncement] = [:]
    /// When the kernel takes them off by itself; `nil`: never.
    private var kernelEnd: Instant?
    private var route: NetlinkSocket?
    private var sockets: LocalSockets?
    /// Why connections could not be ended, once that was so.
    private(set) var endingProblem: String?

    var isEmpty: Bool { held.isEmpty }

    var wake: Instant? { held.compactMap(\.announcement?.nextAt).min() }

    /// Puts all of them on their interfaces, or none.
    ///
    /// - Parameter deadline: the permit's; `nil`: nothing limits it.
    /// - Throws: in words.
    func take(
        _ addresses: [FailoverConfiguration.VirtualAddress], until deadline: Instant?, at now: Instant
    ) throws(EngineFailure) {
        guard !addresses.isEmpty else { return }
        let route = try openRoute()
        do throws(EngineFailure) {
            for address in addresses {
                let interface = try NetworkInterface.named(address.interface, route)
                // First, because an address that cannot be announced must not be taken.
                let announcement = try announcement(of: address.address, on: interface)
                do {
                    try InterfaceAddress.put(
                        address, on: interface.index, seconds: Self.lifetime(until: deadline, at: now), route)
                } catch {
                    throw EngineFailure(
                        "cannot put \(address.address) on '\(interface.name)': \(error.description)\(error.code == EPERM ? " (it takes CAP_NET_ADMIN)" : "")"
                    )
                }
                held.append(Held(address: address, index: interface.index, announcement: announcement))
            }
            kernelEnd = Self.lifetime(until: deadline, at: now).map { now + .seconds(Int64($0)) }
        } catch {
            _ = release()
            throw error
        }
    }

    /// Tells the neighbours for the first time.
    ///
    /// - Returns: what went wrong, in words.
    func announce(at now: Instant) -> [String] {
        held.compactMap { held in
            held.announcement?.begin(at: now).map { "\(held.address.address) could not be announced: \($0)" }
        }
    }

    /// Tells them again, once it is time to.
    func act(at now: Instant) { for held in held { held.announcement?.act(at: now) } }

    /// Renews what the kernel would otherwise take off, where that is near. Puts back what somebody took off by hand.
    ///
    /// - Returns: why an address cannot be held any longer, in words.
    func extend(until deadline: Instant, at now: Instant) -> String? {
        guard let kernelEnd, !held.isEmpty, kernelEnd < deadline + Self.renewalMargin, let route else { return nil }
        let seconds = Self.lifetime(until: deadline, at: now)
        for held in held {
            do {
                try InterfaceAddress.put(held.address, on: held.index, seconds: seconds, route)
            } catch {
                guard error.code != ENODEV else { return "interface '\(held.address.interface)' is gone" }
                // Whatever else it was, the next extension tries again; the address is there for a while.
                return nil
            }
        }
        self.kernelEnd = seconds.map { now + .seconds(Int64($0)) }
        return nil
    }

    /// Ends the connections to them, and takes them off.
    ///
    /// - Returns: why one may still be there, in words; to be called again then.
    func release() -> String? {
        guard !held.isEmpty, let route else { return nil }
        let limit = Instant.now + Self.endingTime
        var problem: String?
        for held in held { held.announcement?.end() }
        for held in held { endConnections(to: held.address.address, until: limit) }
        var kept: [Held] = []
        for held in held {
            do throws(NetlinkSocket.Refusal) {
                try InterfaceAddress.remove(held.address, from: held.index, route)
            } catch {
                problem = "cannot take \(held.address.address) off '\(held.address.interface)': \(error.description)"
                kept.append(held)
            }
        }
        held = kept
        return problem
    }

    /// Who else claimed one of them, in words.
    var claims: [String] {
        held.flatMap { held in
            (held.announcement?.claimants ?? []).map { claimant in
                let text = claimant.map { byte in
                    (byte < 16 ? "0" : "") + String(byte, radix: 16)
                }.joined(separator: ":")
                return "\(held.address.address) on '\(held.address.interface)' was also claimed by \(text)"
            }
        }
    }

    /// Takes off what an earlier life left, as far as it is there.
    ///
    /// - Throws: in words, where one may still be there.
    static func removeLeftovers(_ addresses: [FailoverConfiguration.VirtualAddress]) throws(EngineFailure) {
        guard !addresses.isEmpty else { return }
        let old = VirtualAddresses()
        let interfaces = try NetworkInterface.all(try old.openRoute())
        old.held = addresses.compactMap { address in
            interfaces.first { $0.name == address.interface }.map { Held(address: address, index: $0.index) }
        }
        if let problem = old.release() { throw EngineFailure(problem) }
    }

    private func announcement(
        of address: IPAddress, on interface: NetworkInterface
    ) throws(EngineFailure) -> AddressAnnouncement? {
        guard let own = interface.hardwareAddress else { return nil }
        let place = Place(address: address, interface: interface)
        if let known = announcements[place] { return known }
        // One of an interface that is not the same any more serves nobody.
        announcements = announcements.filter { $0.key.address != address }
        let made = try AddressAnnouncement(address, interface: interface, hardwareAddress: own)
        announcements[place] = made
        return made
    }

    private func openRoute() throws(EngineFailure) -> NetlinkSocket {
        if let route { return route }
        do {
            let opened = try NetlinkSocket(.route)
            route = opened
            return opened
        } catch {
            throw EngineFailure("cannot speak with the kernel about addresses: \(error.description)")
        }
    }

    private func endConnections(to address: IPAddress, until limit: Instant) {
        do {
            if sockets == nil { sockets = try LocalSockets() }
            _ = try sockets?.endConnections(to: address, until: limit)
        } catch {
            endingProblem =
                "connections to \(address) were not ended: \(error.description); their clients wait until they notice"
        }
    }

    /// In whole seconds, as the kernel counts: always longer than the permit.
    private static func lifetime(until deadline: Instant?, at now: Instant) -> UInt32? {
        deadline.map { UInt32(clamping: (max($0 - now, .zero).nanoseconds + 999_999_999) / 1_000_000_000 + 1) }
    }
}
