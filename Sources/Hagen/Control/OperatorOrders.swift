/// What operators ordered of one cluster: the record `control/clusters/NAME` in the store.
///
/// Every agent watches these records. An order outlives the agent that took it, and a lost store leaves the last known
/// orders in force.
package struct ClusterOrder: Codable, Equatable, Sendable {
    package var pause: OrderNote?
    package var switchover: Switchover?
    package var promotion: Promotion?

    package init(pause: OrderNote? = nil, switchover: Switchover? = nil, promotion: Promotion? = nil) {
        self.pause = pause
        self.switchover = switchover
        self.promotion = promotion
    }

    /// Nothing is ordered: the record is to go.
    package var isEmpty: Bool { pause == nil && switchover == nil && promotion == nil }

    /// The order to promote a member although data is lost. It is bound to the epoch of the primary whose data it gives up:
    /// once anybody else was promoted it means nothing.
    package struct Promotion: Codable, Equatable, Sendable {
        /// Drawn at random.
        package var id: UInt64
        /// In which the last primary was promoted.
        package var epoch: UInt64
        package var target: String
        package var note: OrderNote
        /// What was not carried out by then is void.
        package var notAfter: WallTime

        package init(id: UInt64, epoch: UInt64, target: String, note: OrderNote, notAfter: WallTime) {
            self.id = id
            self.epoch = epoch
            self.target = target
            self.note = note
            self.notAfter = notAfter
        }
    }

    /// The order to end one epoch. It means nothing in any other, so nobody can obey it twice.
    package struct Switchover: Codable, Equatable, Sendable {
        /// Drawn at random.
        package var id: UInt64
        package var epoch: UInt64
        /// `nil`: whoever is next in order.
        package var target: String?
        package var note: OrderNote
        /// `nil`: at once.
        package var notBefore: WallTime?
        /// What was not carried out by then is void.
        package var notAfter: WallTime

        package init(
            id: UInt64, epoch: UInt64, target: String?, note: OrderNote, notBefore: WallTime?, notAfter: WallTime
        ) {
            self.id = id
            self.epoch = epoch
            self.target = target
            self.note = note
            self.notBefore = notBefore
            self.notAfter = notAfter
        }

        package func isDue(at time: WallTime) -> Bool { time <= notAfter && notBefore.map { $0 <= time } ?? true }
    }
}

/// What operators ordered of one host: the record `control/hosts/HOST` in the store.
package struct HostOrder: Codable, Equatable, Sendable {
    /// No member of the host is to be active.
    package var drained: OrderNote?

    package init(drained: OrderNote? = nil) { self.drained = drained }

    /// Nothing is ordered: the record is to go.
    package var isEmpty: Bool { drained == nil }
}

/// Who ordered something, when and why.
package struct OrderNote: Codable, Equatable, Sendable {
    /// `USER@HOST`.
    package var by: String
    package var reason: String?
    package var since: WallTime

    package init(by: String, reason: String?, since: WallTime) {
        self.by = by
        self.reason = reason
        self.since = since
    }

    /// In the words of a message: `by root@alpha (new kernel)`.
    package var words: String { "by \(by)" + (reason.map { " (\($0))" } ?? "") }
}

/// The keys of orders, below the topology's prefix.
package enum OrderKey: Hashable, Sendable {
    case cluster(String)
    case host(String)

    package static let prefix = "control/"

    package var text: String {
        switch self {
        case .cluster(let name): Self.prefix + "clusters/" + name
        case .host(let name): Self.prefix + "hosts/" + name
        }
    }

    /// - Parameter text: the key, without the topology's prefix.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[0] + "/" == Self.prefix, !parts[2].isEmpty else { return nil }
        switch parts[1] {
        case "clusters": self = .cluster(parts[2])
        case "hosts": self = .host(parts[2])
        default: return nil
        }
    }
}

/// What an operator asks an agent to order.
package struct OrderRequest: Codable, Equatable, Sendable {
    package enum Order: Codable, Equatable, Sendable {
        case switchover(cluster: String, target: String?, schedule: Schedule)
        /// Promotes a member by hand. Without `allowDataLoss` it is refused where data would be lost, with what.
        case promote(cluster: String, target: String, allowDataLoss: Bool)
        case pause(cluster: String)
        /// Ends the cluster's pause, and takes back a switchover that waits for its time.
        case resume(cluster: String)
        case drain(host: String)
        case undrain(host: String)
    }
    package enum Schedule: Codable, Equatable, Sendable {
        case now
        case at(WallTime)
        /// When the cluster's maintenance window opens next, by the local time of the agent's host.
        case inWindow
    }
    package var order: Order
    package var reason: String?

    package init(_ order: Order, reason: String? = nil) {
        self.order = order
        self.reason = reason
    }
}

/// An order stands in the store.
package struct OrderAnswer: Codable, Equatable, Sendable {
    /// What was ordered, in words for a person.
    package var words: String
    /// Switching over: the epoch that is to end.
    package var epoch: UInt64?
    /// Switching over: who holds it.
    package var holder: String?
    /// Switching over later: when.
    package var notBefore: WallTime?
    /// A switchover that waited for its time and was taken back.
    package var cancelled: ClusterOrder.Switchover?

    package init(words: String, epoch: UInt64? = nil, holder: String? = nil, notBefore: WallTime? = nil) {
        self.words = words
        self.epoch = epoch
        self.holder = holder
        self.notBefore = notBefore
    }
}
