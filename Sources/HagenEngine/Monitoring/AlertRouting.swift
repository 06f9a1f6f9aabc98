package import Hagen
package import PromQL

/// Who is told of the instances of one alert.
///
/// An alert with receivers of its own goes to those and to no route. Else the routes are gone through in their order:
/// the first that matches an instance's labels counts, and those after it while each that matches says `continue`. What
/// surprises: instances of one alert may go to different receivers, and one that no route matches goes to nobody.
package struct AlertRouting: Equatable, Sendable {
    private let ownReceivers: [String]
    private let routes: [Model.Route]

    /// - Parameter receivers: the alert's own.
    package init(receivers: [String], routes: [Model.Route] = []) {
        ownReceivers = receivers
        self.routes = routes
    }

    /// - Parameter labels: all of an instance, `alertname` among them. A label that is absent is as good as empty, as
    ///   in Alertmanager.
    /// - Returns: each once, in the order in which they are met.
    package func receivers(of labels: Labels) -> [String] {
        guard ownReceivers.isEmpty else { return ownReceivers }
        var receivers: [String] = []
        for route in routes where route.match.allSatisfy({ (labels[$0.key] ?? "") == $0.value }) {
            for receiver in route.receivers where !receivers.contains(receiver) { receivers.append(receiver) }
            if !route.continue { break }
        }
        return receivers
    }

    /// All who may be told of some instance, each once.
    package var allReceivers: [String] {
        guard ownReceivers.isEmpty else { return ownReceivers }
        return Set(routes.flatMap(\.receivers)).sorted()
    }
}
