internal import Hagen

extension TopologyReader {
    mutating func monitoring(_ topology: Fields, at path: ModelPath) -> Model.Monitoring {
        let table = Language.monitoring
        let part = section(topology, "monitoring", holding: [.monitoring, .receiver, .alert, .route], at: path)
        guard let fields = part else { return Model.Monitoring() }
        let interval: Duration? = sound(fields, "interval", of: table, .monitoring).flatMap {
            text($0.value, at: path["interval"]).flatMap { Duration(text: $0) }
        }
        return Model.Monitoring(
            interval: interval,
            receivers: items(fields, "receivers", .receiver, of: table, at: path["receivers"], identity: "name") {
                $0.receiver($1, at: $2)
            },
            alerts: items(fields, "alerts", .alert, of: table, at: path["alerts"], identity: "alert") {
                $0.alert($1, at: $2)
            },
            routes: items(fields, "routes", .route, of: table, at: path["routes"], identity: "match") {
                $0.route($1, at: $2)
            })
    }

    private mutating func route(_ fields: Fields, at path: ModelPath) -> Model.Route? {
        let receivers = receivers(fields, at: path["receivers"])
        guard !receivers.isEmpty else { return nil }
        return Model.Route(
            match: textsByKey(fields, "match", at: path["match"]), receivers: receivers,
            continue: boolean(fields, "continue", at: path["continue"]) ?? false)
    }

    /// One by `receiver`, or several by `receivers`.
    private mutating func receivers(_ fields: Fields, at path: ModelPath) -> [String] {
        if let receiver = text(fields, "receiver", at: path[0]) { return [receiver] }
        return texts(fields, "receivers", at: path)
    }

    private mutating func alert(_ fields: Fields, at path: ModelPath) -> Model.Alert? {
        guard let name = text(fields, "alert", at: path["name"]),
            let expression = text(fields, "expr", at: path["expression"])
        else { return nil }
        return Model.Alert(
            name: name, expression: expression, hold: duration(fields, "for", at: path["hold"]),
            keepFiring: duration(fields, "keep_firing_for", at: path["keepFiring"]),
            labels: textsByKey(fields, "labels", at: path["labels"]),
            annotations: textsByKey(fields, "annotations", at: path["annotations"]),
            receivers: receivers(fields, at: path["receivers"]))
    }

    private mutating func receiver(_ fields: Fields, at path: ModelPath) -> Model.Receiver? {
        guard let name = text(fields, "name", at: path["name"]), let channel = channel(fields, at: path["channel"])
        else {
            return nil
        }
        return Model.Receiver(name: name, channel: channel)
    }

    private mutating func channel(_ fields: Fields, at path: ModelPath) -> Model.Receiver.Channel? {
        if let webhook = part(fields, "webhook", at: path) {
            if let url = text(webhook, "url", at: path["url"]) { return .webhook(url: .plain(url)) }
            return part(webhook, "url", at: path["url"]).flatMap { text($0, "credential", at: path["url"]) }
                .map { .webhook(url: .credential(Credential(name: $0))) }
        }
        if let email = part(fields, "email", at: path) {
            return text(email, "to", at: path["to"]).map { .email(to: $0) }
        }
        guard part(fields, "command", at: path) != nil else { return nil }
        return .command(texts(fields, "command", at: path["command"]))
    }
}
