internal import Hagen

/// Something that goes wrong in a world, for a while: a value, so that a plan of them can be shrunk and written down.
package struct Fault: Equatable, Sendable, CustomStringConvertible {
    /// What goes wrong. The names are what people write on a command line.
    package enum Kind: String, CaseIterable, Sendable {
        /// Power is lost; the host boots again at the end.
        case lostHost = "lost-host"
        /// As above, and what the host had remembered is gone.
        case replacedHost = "replaced-host"
        /// Neither a process nor the kernel runs.
        case frozenHost = "frozen-host"
        /// Started again at the end, as systemd would.
        case killedAgent = "killed-agent"
        case frozenAgent = "frozen-agent"
        /// Told to stop, as for a planned switchover: it stops its workload and hands over.
        case stoppedAgent = "stopped-agent"
        case killedSupervisor = "killed-supervisor"
        case frozenSupervisor = "frozen-supervisor"
        case killedWorkload = "killed-workload"
        /// Each run of the workload ends soon after its start.
        case crashLoop = "crash-loop"
        /// The workload ignores SIGTERM.
        case hangingWorkload = "hanging-workload"
        /// The workload sleeps uninterruptibly: SIGKILL works only at the end.
        case stuckWorkload = "stuck-workload"
        /// What the gate of an address group looks at is not well; a cluster without a gate notices nothing.
        case closedGate = "closed-gate"
        case fullDisk = "full-disk"
        /// Each write to the disk takes longer, by the amount in milliseconds.
        case slowDisk = "slow-disk"
        /// The host reaches nothing, and nothing reaches it.
        case cutOff = "cut-off"
        /// The host reaches no other host; its clients notice nothing of that.
        case splitOff = "split-off"
        /// The agent reaches no member of the store.
        case cutFromStore = "cut-from-store"
        /// No greeting leaves or arrives.
        case cutFromMembers = "cut-from-members"
        /// What the host sends to other hosts is lost, and the other way round.
        case mute
        case deaf
        /// The path to the next host alone is cut.
        case cutPath = "cut-path"
        /// Of every packet, by the amount in percent.
        case loss
        /// Messages are late by as much as the amount in milliseconds, and overtake each other.
        case delay
        /// Datagrams arrive twice.
        case duplication
        case storeOutage = "store-outage"
        /// The process of the store's member ends.
        case lostStoreMember = "lost-store-member"
        /// The store's member reaches no other one, while agents reach it.
        case isolatedStoreMember = "isolated-store-member"
        /// The store is down, and comes back with an old copy of its data: by the amount empty data, those of the first lease,
        /// or those from when the lease was acquired.
        case oldStore = "old-store"
        /// An operator orders that nobody takes over, that the host is not to be active, or that another takes over.
        case paused, drained, switchover
        /// The wall clock jumps by the amount in seconds, and stays there.
        case clockJump = "clock-jump"
    }

    /// Whom it hits; chosen when it begins.
    package enum Victim: Equatable, Sendable, CustomStringConvertible {
        /// An index into the world's hosts.
        case host(Int)
        case active
        /// The first member that is not active.
        case standby
        case storeLeader
        case everything

        package var description: String {
            switch self {
            case .host(let index): "host\(index)"
            case .active: "active"
            case .standby: "standby"
            case .storeLeader: "store-leader"
            case .everything: "everything"
            }
        }

        package init?(_ text: some StringProtocol) {
            switch text {
            case "active": self = .active
            case "standby": self = .standby
            case "store-leader": self = .storeLeader
            case "everything": self = .everything
            default:
                guard text.hasPrefix("host"), let index = Int(text.dropFirst(4)), index >= 0 else { return nil }
                self = .host(index)
            }
        }
    }

    package var kind: Kind
    package var victim: Victim
    package var start: VirtualTime
    package var length: VirtualTime
    /// What it means stands beside each kind; 0 where the kind has none.
    package var amount: Int64

    package init(_ kind: Kind, _ victim: Victim, at start: Duration, for length: Duration, amount: Int64 = 0) {
        self.init(kind: kind, victim: victim, start: start.nanoseconds, length: length.nanoseconds, amount: amount)
    }

    package init(kind: Kind, victim: Victim, start: VirtualTime, length: VirtualTime, amount: Int64) {
        self.kind = kind
        self.victim = victim
        self.start = start
        self.length = length
        self.amount = amount
    }

    package var end: VirtualTime { start + length }

    /// Such as `2125ms+800ms frozen-agent active`, with ` =20` for an amount; whole microseconds.
    package var description: String {
        "\(start / Span.microsecond)us+\(length / Span.microsecond)us \(kind.rawValue) \(victim)"
            + (amount == 0 ? "" : " =\(amount)")
    }

    /// Reads what `description` writes; `nil` where it is something else.
    package init?(_ text: some StringProtocol) {
        let words = text.split(separator: " ")
        guard words.count == 3 || words.count == 4, let kind = Kind(rawValue: String(words[1])),
            let victim = Victim(words[2])
        else { return nil }
        let times = words[0].split(separator: "+").compactMap { time -> VirtualTime? in
            guard time.hasSuffix("us"), let number = VirtualTime(time.dropLast(2)), number >= 0,
                number <= 3_600_000_000
            else { return nil }
            return number * Span.microsecond
        }
        var amount: Int64 = 0
        if words.count == 4 {
            guard words[3].hasPrefix("="), let number = Int64(words[3].dropFirst()) else { return nil }
            amount = number
        }
        guard times.count == 2 else { return nil }
        self.init(kind: kind, victim: victim, start: times[0], length: times[1], amount: amount)
    }
}
