internal import CLinux
internal import Glibc
internal import Hagen
internal import HagenEngine

/// Tells the neighbours of one interface, again and again, that an address is there, and takes note of who else says so.
///
/// Five times at once, because a frame may be lost, then every second for as long as the address is held: a network that
/// was in two parts may become one at any moment, and neighbours from the other part still know the old holder.
final class AddressAnnouncement {
    static let firstCount = 5
    static let interval: Duration = .seconds(1)
    /// More claims than these in a second are not looked at.
    private static let claimLimit = 64

    private let descriptor: Int32
    private let frame: AnnouncementFrame
    private(set) var nextAt: Instant?
    /// Hardware addresses from which others claimed the address, in the order in which they were first seen.
    private(set) var claimants: [[UInt8]] = []

    /// - Throws: in words, where this process may not send frames.
    init(_ address: IPAddress, interface: NetworkInterface, hardwareAddress: [UInt8]) throws(EngineFailure) {
        frame = AnnouncementFrame(address: address, hardwareAddress: hardwareAddress)
        let filter = frame.claims
        descriptor = linux_packet_open(interface.index, frame.etherType, filter, Int32(filter.count))
        guard descriptor >= 0 else {
            throw EngineFailure(
                "cannot announce \(address) on '\(interface.name)': \(systemMessage(-descriptor))\(descriptor == -EPERM ? " (it takes CAP_NET_RAW)" : "")"
            )
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Announces it for the first time since it is held.
    ///
    /// - Returns: why it could not be sent, in words.
    func begin(at now: Instant) -> String? {
        // What others said while they held it is no news.
        while listen() {}
        claimants = []
        var problem: String?
        for _ in 0..<Self.firstCount { problem = announce() ?? problem }
        _ = send(frame.probe)
        nextAt = now + Self.interval
        return problem
    }

    /// It is held no more.
    func end() {
        nextAt = nil
        claimants = []
    }

    /// Announces it again once it is time to.
    func act(at now: Instant) {
        guard let nextAt, nextAt <= now else { return }
        _ = listen()
        _ = announce()
        _ = send(frame.probe)
        self.nextAt = now + Self.interval
    }

    private func announce() -> String? {
        frame.announcements.compactMap(send).first
    }

    private func send(_ bytes: [UInt8]) -> String? {
        Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT)) == bytes.count ? nil : systemMessage(errno)
    }

    /// - Returns: whether there may be more.
    private func listen() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 256)
        for _ in 0..<Self.claimLimit {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count > 0 else { return false }
            guard let claimant = AnnouncementFrame.claimant(in: buffer[..<count]), claimant != frame.hardwareAddress,
                !claimants.contains(claimant), claimants.count < 8
            else { continue }
            claimants.append(claimant)
        }
        return true
    }
}
