internal import HagenEngine

/// The virtual address of the active one (rule 15), and what clients believe about where it is.
extension World {
    /// Between two announcements of an address that its host holds.
    private static let announcement: VirtualTime = Span.second

    mutating func addAddress(_ host: Int) {
        guard let supervisor = hosts[host].supervisor else { return }
        if settings.hasAddress {
            hosts[host].hasAddress = true
            checkAddresses()
        }
        announceAddress(host, run: supervisor.report.run)
    }

    /// Neighbours learn at once where the address is, and again each second: an announcement can be lost in a partition.
    mutating func announceAddress(_ host: Int, run: UInt64) {
        guard let supervisor = hosts[host].supervisor, supervisor.report.run == run, supervisor.report.role == .active,
            supervisor.report.state != .idle, !supervisor.machine.isKilling
        else { return }
        if network.isOpen(from: host, to: network.clients, at: now) { clients.destination = host }
        schedule(in: Self.announcement, .announceAddress(host: host, life: supervisor.life, run: run))
    }

    mutating func removeAddress(_ host: Int) { hosts[host].hasAddress = false }
}
