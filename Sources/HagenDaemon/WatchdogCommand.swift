internal import ArgumentParser
internal import HagenRuntime

/// Started by the failover agent, one for each watchdog device that its clusters name.
struct WatchdogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watchdog",
        abstract: "Feeds a watchdog device while every supervisor can be trusted. Started by the failover agent.",
        discussion: """
            For example: hagend watchdog /dev/watchdog --socket /run/hagen/failover/supervise/.watchdog-dev-watchdog

            Exit codes: 0 the device is disarmed, 1 failed, 64 wrong usage.
            """)

    @Argument(help: "The device.")
    var device: String

    @Option(help: "Where the supervisors reach it.")
    var socket: String

    func run() throws {
        do {
            var keeper = try WatchdogKeeper(device: device, socket: socket)
            keeper.run()
        } catch {
            EngineLog.say(error)
            throw ExitCode(error.exitCode)
        }
    }
}
