/// What a member whose server is not the primary has to do before it may follow one.
///
/// The intuition: data that is contained in the primary's follows; data that has more than the primary is rewound, and
/// what cannot be rewound is cloned anew. What is not of this cluster at all is touched by nobody but a person.
package enum ReturningMember {
    package enum Action: Equatable, Sendable {
        /// Stream from the primary.
        case follow
        /// Take back what lies beyond that offset, then follow.
        case rewind(to: UInt64)
        case reclone(Cause)
        case refuse(Refusal)
    }

    /// Why a copy is made anew.
    package enum Cause: Equatable, Sendable {
        case empty
        case poisoned(String)
        /// It has to be rewound to that offset, and its server was not set up for it.
        case cannotRewind(to: UInt64)
        /// Histories that have no known timeline in common.
        case noCommonHistory

        package var text: String {
            switch self {
            case .empty: "it has no data"
            case .poisoned(let words): "its data directory is poisoned: \(words)"
            case .cannotRewind(let offset):
                "it has data beyond \(LogOffset(bytes: offset)) that the primary has not, and cannot be rewound"
            case .noCommonHistory: "its history and the primary's have nothing in common"
            }
        }
    }

    package enum Refusal: Equatable, Sendable {
        case notObserved
        case obstacle(DataObstacle)
        /// Another system identifier: the data of another cluster.
        case foreign
        /// The primary it is told to follow is of an older epoch than it has promised to leave behind.
        case olderEpoch(UInt64, promised: UInt64)

        package var text: String {
            switch self {
            case .notObserved: "its data was not looked at yet"
            case .obstacle(let obstacle): obstacle.text
            case .foreign:
                "its data directory is of another database: it is left as it is; move it away to have it cloned anew"
            case .olderEpoch(let epoch, let promised):
                "the primary is of epoch \(epoch), and it has promised to follow none below \(promised)"
            }
        }
    }

    /// - Parameters:
    ///   - epoch: in which the primary was promoted.
    ///   - canRewind: the server's files allow it (checksums or hint bits in the log, all of the log there).
    package static func action(
        _ report: DataReport?, primary: ReplicationPosition, epoch: UInt64, canRewind: Bool
    ) -> Action {
        guard let report else { return .refuse(.notObserved) }
        guard epoch >= report.stoppedBelow else {
            return .refuse(.olderEpoch(epoch, promised: report.stoppedBelow))
        }
        switch report.obstacle {
        case .poisoned(let words): return .reclone(.poisoned(words))
        case .unreadable, .unusable, .diskFailed, .cloning:
            return report.obstacle.map { .refuse(.obstacle($0)) } ?? .refuse(.notObserved)
        case .replayPaused, .recoveryStuck, .archiveRestore, .restored, nil: break
        }
        guard let position = report.position else { return .reclone(.empty) }
        switch position.relation(to: primary) {
        case .foreign: return .refuse(.foreign)
        case .same, .behind: return .follow
        case .ahead:
            // It was read before the primary's position, or it was a primary that wrote what nobody took over.
            return back(to: primary.offset, canRewind)
        case .diverged(0): return .reclone(.noCommonHistory)
        case .diverged(let offset): return back(to: offset, canRewind)
        }
    }

    private static func back(to offset: UInt64, _ canRewind: Bool) -> Action {
        canRewind ? .rewind(to: offset) : .reclone(.cannotRewind(to: offset))
    }
}
