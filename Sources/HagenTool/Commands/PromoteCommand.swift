internal import ArgumentParser
internal import Hagen
internal import HagenDeploy

struct PromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Promotes a member by hand where the cluster itself may not, because data would be lost.",
        discussion: """
            A cluster with data without a primary waits for a member that is known to have every write that matters. When that
            one is gone for good, a person decides. Without '--allow-data-loss' nothing is done: it says what would be lost,
            whose, and how old that knowledge is. With it the order stands in the store, bound to the epoch of the primary
            whose data it gives up, and the events say who ordered it.

            For example:
              hagen promote orders --to beta
              hagen promote orders --to beta --allow-data-loss --reason 'alpha burnt down'

            Exit codes: 0 ordered, 1 refused, 64 wrong usage.
            """)

    @Argument(help: "The cluster.")
    var cluster: String
    @Option(name: .customLong("to"), help: "The host that is to be the primary.")
    var target: String
    @Flag(help: "Accept that what is stated is lost.")
    var allowDataLoss = false
    @Option(help: "For the log: why.")
    var reason: String?
    @Flag(help: "As JSON, for other programs.")
    var json = false
    @OptionGroup var place: LabOptions

    func run() async throws {
        try await place.give(
            OrderRequest(
                .promote(cluster: cluster, target: target, allowDataLoss: allowDataLoss), reason: reason),
            json: json)
    }
}
