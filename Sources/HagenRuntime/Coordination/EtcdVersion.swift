/// Which versions of etcd have which known faults of transactions, watches or durability.
///
/// From the change logs of 3.4, 3.5 and 3.6, as of March 2026; the numbers are issues or pull requests of
/// `etcd-io/etcd`. What a fault costs here: a stale or lost sight only delays, because every write compares exactly the
/// revision that was seen; lost or differing data can cost more, and the highest epoch that each host keeps on its own disk
/// is what then holds the cluster still.
enum EtcdVersion {
    struct Fault: Equatable, Sendable {
        var words: String
        /// The patch that repaired it in 3.4, 3.5 and 3.6; `nil` where that line never had it.
        var repaired: [Int?]
    }

    /// The worst first.
    static let faults = [
        Fault(words: "a member killed under load may keep other data than the rest (#13766)", repaired: [nil, 3, nil]),
        Fault(words: "a member that is restarted may keep other data than the rest (#11651)", repaired: [8, nil, nil]),
        Fault(words: "part of a transaction may be carried out (#18799)", repaired: [nil, 17, nil]),
        Fault(words: "data may break when a snapshot arrives amid defragmentation (#20659)", repaired: [38, 23, 5]),
        Fault(
            words: "a crash amid defragmentation leaves members at different revisions (#14733)",
            repaired: [nil, 6, nil]),
        Fault(
            words: "a store of one member acknowledges before its disk has the data (#14423)", repaired: [21, 5, nil]),
        Fault(words: "the revision goes back after a crash amid compaction (#17864)", repaired: [32, 14, nil]),
        Fault(words: "a transaction that only reads may end the server (#14899)", repaired: [23, 7, nil]),
        Fault(
            words: "a read may be stale after its member was paused or the leader changed (#21423)",
            repaired: [42, 28, 9]),
        Fault(words: "a watch that is behind may miss changes at a compaction (#17610)", repaired: [31, 13, nil]),
        Fault(words: "a watch may miss a removal at the compacted revision (#19251)", repaired: [36, 18, nil]),
        Fault(
            words: "a watch may repeat old changes after its member was far behind (#15520)", repaired: [25, 8, nil]),
    ]

    /// In one sentence; `nil` for a version without known faults, or one that cannot be read.
    static func warning(about version: String) -> String? {
        let numbers = version.prefix { $0 != "-" && $0 != "+" }.split(separator: ".").map { Int($0) }
        guard numbers.count == 3, let major = numbers[0], let minor = numbers[1], let patch = numbers[2] else {
            return nil
        }
        guard (major, minor) >= (3, 4) else { return "etcd \(version) is older than 3.4, which Hagen is made for" }
        guard major == 3, minor <= 6 else { return nil }
        let found = faults.compactMap { fault -> (words: String, patch: Int)? in
            guard let repaired = fault.repaired[minor - 4], patch < repaired else { return nil }
            return (fault.words, repaired)
        }
        guard let newest = found.map(\.patch).max() else { return nil }
        return "etcd \(version) has known faults, which 3.\(minor).\(newest) has not: "
            + found.map(\.words).joined(separator: "; ")
    }
}
