internal import Hagen

/// A person's order to promote a member although data is lost. It is bound to the epoch whose primary's data it gives
/// up: once anybody else was promoted it means nothing.
extension LeasedMember {
    struct ForcedPromotion: Equatable, Sendable {
        /// The epoch that was acquired under the order; 0: none was.
        var epoch: UInt64 = 0
        var note: String?
    }

    /// Whether an order stands that makes up for what the data lacks. Data that cannot be used are not helped by one.
    func isForced(past refusal: Promotion.Refusal?) -> Bool {
        guard let order = orders.promotion, order.target == settings.host, order.epoch == publishedData?.epoch else {
            // What was begun under the order is ended under it.
            if case .securing(let holding) = phase { return isForcedIn(holding.epoch) && refusal?.isForceable ?? true }
            return false
        }
        return refusal?.isForceable ?? true
    }

    func isForcedIn(_ epoch: UInt64) -> Bool { data.forced.epoch == epoch && epoch > 0 }

    /// The lease was acquired while such an order stood.
    mutating func noteForced(_ epoch: UInt64) -> [MemberDirective] {
        guard settings.replication != nil, let order = orders.promotion, order.target == settings.host,
            order.epoch == publishedData?.epoch
        else { return [] }
        data.forced = ForcedPromotion(epoch: epoch, note: order.note)
        let loss = Promotion.loss(data.report, published: publishedData)
        return [
            decided(
                "is promoted by force\(order.note.map { " \($0)" } ?? ""): \(loss?.text ?? "what is lost is not known")",
                epoch: epoch, as: .forced)
        ]
    }
}

extension Promotion.Refusal {
    /// Whether a person may decide that it does not matter.
    var isForceable: Bool {
        switch self {
        case .behind, .diverged, .unproved, .notNewest, .split, .tooManySets: true
        case .obstacle(let obstacle):
            switch obstacle {
            case .archiveRestore, .replayPaused, .restored: true
            default: false
            }
        case .notObserved, .empty, .foreign: false
        }
    }
}
