/// What a front end left out of a model because it is broken and has been reported. Rules take what is left out for
/// something that may well be there, so that one mistake is not reported as many.
///
/// A model with omissions is judged and nothing else: whoever explains, draws or runs a topology needs a whole one.
package struct Omissions: Equatable, Sendable {
    /// What can be left out: kinds of parts, and what a topology says once.
    package enum Kind: Hashable, Sendable, CaseIterable {
        case name, coordination, host, cluster, balancer, objective, assumptions
        /// What `monitoring` says besides the lists in it.
        case monitoring
        case receiver, alert, route
        /// Named by its code.
        case allowance
    }

    private var names: [Kind: Set<String>] = [:]
    private var unnamed: Set<Kind> = []

    package init() {}

    package var isEmpty: Bool { names.isEmpty && unnamed.isEmpty }

    /// Leaves one part out.
    package mutating func leaveOut(_ kind: Kind, _ name: String) { names[kind, default: []].insert(name) }

    /// Leaves out what cannot be named: there may be parts with any name.
    package mutating func leaveOut(_ kind: Kind) { unnamed.insert(kind) }

    /// Whether a part of that name may have been left out.
    package func mayHold(_ kind: Kind, _ name: String) -> Bool {
        unnamed.contains(kind) || names[kind]?.contains(name) == true
    }

    /// Whether every part of the kind that was declared is in the model.
    package func isWhole(_ kind: Kind) -> Bool { !unnamed.contains(kind) && names[kind] == nil }
}
