internal import Hagen

/// A program that everybody on the host can replace.
struct ProgramInWritableFolder: Rule {
    let code = DiagnosticCode(160)
    let title = "program in a world-writable folder"
    let severity = Diagnostic.Severity.warning
    let explanation = Explanation(
        finds: "A workload, a hook or the command of a check whose program lies below /tmp, /var/tmp or /dev/shm.",
        why: "Everybody on the host can put another program there, which the agent then runs with the workload's "
            + "rights or its own; and the folder is emptied on a restart of the host, after which nothing starts "
            + "any more.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/tmp/api], port: 8080}}
                members: [a1, b1]
            """,
        fix: "Install the program where only root writes: /usr/bin, /usr/local/bin, /opt.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [/opt/shop/api], port: 8080}}
            members: [a1, b1]
        """

    private static let folders = ["/tmp/", "/var/tmp/", "/dev/shm/"]

    func check(_ context: RuleContext) -> [Diagnostic] {
        DeclaredCommands.all(context.model).compactMap { command in
            guard let program = command.words.first,
                let folder = Self.folders.first(where: { program.hasPrefix($0) })
            else { return nil }
            let name = program.split(separator: "/").last.map(String.init) ?? "program"
            return finding(
                "\(command.owner) runs a program that everybody on the host can replace: '\(program)'",
                at: context.span(command.path[0]), label: "everybody writes to \(folder.dropLast())",
                help: ["install it where only root writes, such as '/usr/local/bin/\(name)'"])
        }
    }
}
