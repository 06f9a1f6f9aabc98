internal import Hagen

/// A secret that everybody can read who reads the topology.
struct SecretInTopology: Rule {
    static let code: DiagnosticCode = DiagnosticCode(172)
    let code: DiagnosticCode = SecretInTopology.code
    let title = "secret in the topology"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "A value that is a password, a token or a key by its name: a variable such as DB_PASSWORD, an "
            + "option such as --token, the parameter 'passwd' of a fence agent, or the password in a URL. Paths "
            + "of files are left out, and variables that end in _FILE.",
        why: "The topology lies in version control, in the release, in plans and in the output of tools. A "
            + "secret in it is known to all of them, and to change it takes a new release.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080, environment: {DB_PASSWORD: hunter2}}}
                members: [a1, b1]
            """,
        fix: "Put the secret into a file that only its reader may read, and name the file: DB_PASSWORD_FILE. "
            + "A fence agent's parameter takes '{credential.NAME}', and a webhook 'url: {credential: NAME}'.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 127.0.0.11/8, zone: eu-1a}
          b1: {address: 127.0.0.12/8, zone: eu-1b}
        clusters:
          api:
            kind: failover
            mode: active-passive
            workload: {process: {command: [/usr/bin/api], port: 8080, environment: {DB_PASSWORD_FILE: /etc/api/db}}}
            members: [a1, b1]
            fencing: [{agent: {name: fence_ipmilan, parameters: {plug: "{host}", password: "{credential.ipmi}"}}}]
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        let model = context.model
        for (index, cluster) in model.clusters.enumerated() {
            let (name, path) = ("cluster '\(cluster.name)'", ModelPath.root["clusters"][index])
            switch cluster.workload {
            case .process(let process):
                findings += judge(
                    process.environment, "variable", of: name, at: path["workload"]["environment"], context)
            case .ocf(_, let parameters, _, _):
                findings += judge(parameters, "parameter", of: name, at: path["workload"]["parameters"], context)
            default: break
            }
            for (place, fencing) in cluster.failover.fencing.enumerated() {
                guard case .agent(let agent, let parameters) = fencing else { continue }
                // What names a credential is filled in on the host.
                findings += judge(
                    parameters.filter { !CredentialText.isReference($0.value) }, "parameter",
                    of: "fence agent '\(agent)' of \(name)", at: path["failover"]["fencing"][place]["parameters"],
                    context, isOfFenceAgent: true)
            }
        }
        for (index, receiver) in model.monitoring.receivers.enumerated() {
            guard case .webhook(.plain(let url)) = receiver.channel, SecretText.hasPassword(url: url) else { continue }
            findings.append(
                finding(
                    "the URL of receiver '\(receiver.name)' holds a password",
                    at: context.span(ModelPath.root["monitoring"]["receivers"][index]["channel"]["url"]),
                    label: "in clear",
                    help: ["keep the whole URL in a credential: 'url: {credential: \(receiver.name)-url}'"]))
        }
        return findings + DeclaredCommands.all(model).flatMap { judge($0, context) }
    }

    private func judge(
        _ values: [String: String], _ noun: String, of owner: String, at path: ModelPath, _ context: RuleContext,
        isOfFenceAgent: Bool = false
    ) -> [Diagnostic] {
        values.sorted { $0.key < $1.key }.compactMap { key, value in
            let isURL = SecretText.hasPassword(url: value)
            guard isURL || SecretText.isName(key) && SecretText.isSecret(value) else { return nil }
            let help =
                isOfFenceAgent
                ? "keep it in a credential of the hosts: '\(key): \"{credential.NAME}\"'"
                : noun == "variable"
                    ? "put it into a file that only the workload's user reads, and name that: '\(key)_FILE: /etc/…'"
                    : "give the agent a program that prints it ('passwd_script'), or a file that only root reads"
            return finding(
                "\(noun) '\(key)' of \(owner) holds \(isURL ? "a URL with a password" : "a secret")",
                at: context.span(path[key]), label: "in clear", help: [help])
        }
    }

    /// `--token=VALUE`, `--token VALUE`, and URLs.
    private func judge(_ command: DeclaredCommands.Command, _ context: RuleContext) -> [Diagnostic] {
        command.words.enumerated().compactMap { place, word in
            let previous = place > 0 ? command.words[place - 1] : ""
            let option = word.hasPrefix("-") ? word.split(separator: "=", maxSplits: 1).map(String.init) : []
            let isSecret =
                option.count == 2 && SecretText.isName(option[0]) && SecretText.isSecret(option[1])
                || previous.hasPrefix("-") && !previous.contains("=") && SecretText.isName(previous)
                    && !word.hasPrefix("-") && SecretText.isSecret(word)
            let isURL = SecretText.hasPassword(url: option.count == 2 ? option[1] : word)
            guard isSecret || isURL else { return nil }
            let name = option.count == 2 ? option[0] : previous
            let what = name.hasPrefix("-") ? "option '\(name)'" : "argument \(place)"
            return finding(
                "\(what) of \(command.owner) holds \(isURL ? "a URL with a password" : "a secret")",
                at: context.span(command.path[place]), label: "in clear, for everybody who lists processes too",
                help: ["put it into a file that only the program's user reads, and pass the file's path"])
        }
    }
}

/// What looks like a secret.
private enum SecretText {
    private static let words = [
        "PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "APIKEY", "API_KEY", "PRIVATE_KEY", "ACCESS_KEY",
        "SECRET_KEY", "ENCRYPTION_KEY", "SIGNING_KEY",
    ]

    /// Beginnings of names that say how a secret is to be treated: `ALLOW_EMPTY_PASSWORD`, `--no-password`.
    private static let switches = ["NO_", "ALLOW_", "RANDOM_", "USE_", "REQUIRE_", "MYSQL_RANDOM_", "MARIADB_RANDOM_"]

    /// Whether a variable, an option or a parameter of that name holds a secret.
    static func isName(_ name: String) -> Bool {
        let plain = name.drop { $0 == "-" }.uppercased().replacing("-", with: "_")
        if switches.contains(where: plain.hasPrefix) { return false }
        return words.contains { word in plain == word || plain.hasSuffix("_" + word) }
            || plain.hasSuffix("PASSWORD") || plain.hasSuffix("PASSWD")
    }

    /// A path leads to a secret, and is none.
    static func isSecret(_ value: String) -> Bool {
        let isSwitch = ["yes", "no", "true", "false", "on", "off", "0", "1"].contains(value.lowercased())
        return !value.isEmpty && !isSwitch && !value.hasPrefix("/") && !value.hasPrefix("$")
    }

    /// Whether the text is `SCHEME://USER:PASSWORD@HOST…`.
    static func hasPassword(url text: String) -> Bool {
        guard let scheme = text.firstRange(of: "://") else { return false }
        let authority = text[scheme.upperBound...].prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else {
            return false
        }
        return authority.index(after: colon) < at
    }
}
