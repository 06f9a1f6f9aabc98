internal import Hagen
internal import HagenEngine

/// A replicated store as etcd is one, without its protocol: members on hosts, of which one leads. What a majority has
/// written stands; while the leader does not reach a majority nothing is written, and after the election time those
/// that form one choose another leader.
///
/// It never loses what it acknowledged, unless a fault puts an old copy in its place: that is what rule 5 is for.
struct SimulatedStore: Sendable {
    static let id = "store"

    /// Indices of hosts.
    let members: [Int]
    let election: VirtualTime
    /// Index into `members`.
    var leader: Int? = 0
    /// Grows with each election that is planned; an earlier plan is void.
    var electionNumber = 0
    var isElectionPlanned = false
    var downUntil: [VirtualTime]
    private var cutUntil: [VirtualTime]

    var value = LeaseValue.absent
    var revision: Int64 = 7
    /// What the fault of an old copy may put in place: at first empty data, then those of the first lease, at last those from
    /// when the lease was acquired.
    private(set) var copies: [(value: LeaseValue, revision: Int64)] = [(.absent, 7)]
    /// Requests that wait for a leader; bounded.
    var waiting: [StoreRequest] = []
    static let longestQueue = 64
    /// By host.
    var watches: [StoreWatch?]

    init(_ settings: WorldSettings.Store, hostCount: Int) {
        members = settings.hosts
        election = settings.election.nanoseconds
        downUntil = Array(repeating: 0, count: members.count)
        cutUntil = Array(repeating: 0, count: members.count * members.count)
        watches = Array(repeating: nil, count: hostCount)
    }

    mutating func keepCopy() {
        if copies.count == 3 { copies.removeLast() }
        copies.append((value, revision))
    }

    var majority: Int { members.count / 2 + 1 }

    /// Whether nothing keeps these members' own connections apart; the hosts' network comes on top.
    func isOpen(_ one: Int, _ other: Int, at now: VirtualTime) -> Bool {
        cutUntil[one * members.count + other] <= now
    }

    mutating func cut(_ one: Int, _ other: Int, until moment: VirtualTime) {
        for pair in [one * members.count + other, other * members.count + one] {
            cutUntil[pair] = max(cutUntil[pair], moment)
        }
    }
}

/// One attempt of an agent's client: it goes to one member, which passes it to the leader.
struct StoreRequest: Sendable {
    enum Kind: Sendable {
        case swap(LeaseWrite)
        case read(floor: Int64)
    }
    var host: Int
    var life: Int
    /// Grows with each request of an agent; attempts of one request share it.
    var number: Int
    var kind: Kind
    /// Index into the store's members.
    var endpoint: Int
    /// When the agent decided it: all deadlines count from here.
    var sent: VirtualTime
}

struct StoreWatch: Sendable {
    var life: Int
    var endpoint: Int
    /// Changes of one watch arrive in their order.
    var lastArrival: VirtualTime = 0
    /// Something could not be delivered: nothing more comes until the agent has read again.
    var isSilent = false
}
