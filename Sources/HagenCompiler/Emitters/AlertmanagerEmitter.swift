package import Hagen

/// `alertmanager/alertmanager.yml`: tells the same receivers of the same alerts as the monitors do.
///
/// An alert with receivers of its own has a route by its name before all declared ones. A route of Alertmanager has one
/// receiver, so one with several becomes a parent with a child for each. Secrets are named by file, never written here.
package enum AlertmanagerEmitter {
    package static func file(_ release: Release) -> OutputFile {
        OutputFile(path: "alertmanager/alertmanager.yml", contents: text(release))
    }

    static func text(_ release: Release) -> String {
        // Every monitor has the same alerts, receivers and routes.
        let monitor = release.hosts.lazy.compactMap(\.monitor).first
        let receivers = monitor?.receivers ?? []
        let own = (monitor?.alerts ?? []).filter { !$0.receivers.isEmpty }.map { alert in
            route([PrometheusText.matcher("alertname", alert.name)], alert.receivers, continues: false)
        }
        let declared = (monitor?.routes ?? []).map { declared in
            let matchers = declared.match.sorted { $0.key < $1.key }.map { PrometheusText.matcher($0.key, $0.value) }
            return route(matchers, declared.receivers, continues: declared.continue)
        }
        let nobody = nobody(besides: receivers)
        let root: [YAMLValue.Entry] = [
            .init("receiver", .text(nobody), because: "An alert that no route matches goes to nobody."),
            .init("group_by", .list(["alertname"], .line), because: "One message for all instances of an alert."),
            .init("group_wait", "1s"), .init("group_interval", "5s"), .init("repeat_interval", "4h"),
            .init("routes", .list(own + declared)),
        ]
        let document = YAMLValue.mapping([
            .init("route", .mapping(root)),
            .init("receivers", .list([.mapping([.init("name", .text(nobody))])] + receivers.map(receiver))),
        ])
        return YAMLWriter.text(document, comment: comment(release, receivers))
    }

    private static func nobody(besides receivers: [Model.Receiver]) -> String {
        let names = Set(receivers.map(\.name))
        var name = "nobody"
        while names.contains(name) { name += "-else" }
        return name
    }

    private static func route(_ matchers: [String], _ receivers: [String], continues: Bool) -> YAMLValue {
        var entries: [YAMLValue.Entry] = []
        if !matchers.isEmpty { entries.append(.init("matchers", .list(matchers.map { .text($0) }))) }
        if receivers.count == 1 { entries.append(.init("receiver", .text(receivers[0]))) }
        if continues { entries.append(.init("continue", .flag(true))) }
        if receivers.count > 1 {
            let children = receivers.enumerated().map { index, receiver in
                let isLast = index == receivers.count - 1
                return YAMLValue.mapping(
                    [.init("receiver", .text(receiver))] + (isLast ? [] : [.init("continue", .flag(true))]), .line)
            }
            entries.append(.init("routes", .list(children)))
        }
        return .mapping(entries)
    }

    private static func receiver(_ receiver: Model.Receiver) -> YAMLValue {
        let name = YAMLValue.Entry("name", .text(receiver.name))
        switch receiver.channel {
        case .webhook(.plain(let url)):
            return .mapping([name, .init("webhook_configs", .list([.mapping([.init("url", .text(url))])]))])
        case .webhook(.credential(let credential)):
            let file = YAMLValue.text("\(TemporaryFilesEmitter.credentials)/\(credential.name)")
            return .mapping([name, .init("webhook_configs", .list([.mapping([.init("url_file", file)])]))])
        case .email(let address):
            // The mail server of Alertmanager's own machine: a topology names none.
            return .mapping([
                name,
                .init(
                    "email_configs",
                    .list([
                        .mapping([
                            .init("to", .text(address)), .init("from", "hagen@localhost"),
                            .init("smarthost", "localhost:25"), .init("require_tls", .flag(false)),
                        ])
                    ])),
            ])
        case .command:
            return .mapping([
                .init(
                    "name", .text(receiver.name), because: "A command, which Alertmanager cannot run: it tells nobody.")
            ])
        }
    }

    private static func comment(_ release: Release, _ receivers: [Model.Receiver]) -> String {
        var lines = [
            "Alertmanager for topology \(release.name). The monitors on the hosts tell the same receivers themselves: where",
            "both run, everyone is told twice.",
        ]
        let usesFiles = receivers.contains { if case .webhook(.credential) = $0.channel { true } else { false } }
        if usesFiles {
            lines += [
                "",
                "url_file came with Alertmanager 0.26; Debian 12 has 0.25, which refuses it. The files are the hosts'",
                "credentials, here on Alertmanager's machine and readable by its user.",
            ]
        }
        return lines.joined(separator: "\n")
    }
}
