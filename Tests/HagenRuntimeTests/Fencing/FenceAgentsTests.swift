import Foundation
import Hagen
import HagenEngine
import Testing

@testable import HagenRuntime

/// Goal: a host counts as off only where an agent said so when it was asked after the order; whatever else happens is a
/// failure in words, and no secret stands in them.
@Suite(.timeLimit(.minutes(1))) struct FenceAgentsTests {
    private let directory: TemporaryDirectory
    private let limits = FenceAgents.Limits(
        off: .seconds(3), status: .seconds(3), verification: .milliseconds(500), pause: .milliseconds(20))

    init() throws { directory = try TemporaryDirectory() }

    /// A fake agent: it notes down its input, then does what the script says; `$action` is what it is asked for.
    private func agent(_ name: String, _ script: String) throws {
        let path = try directory.file(
            name,
            """
            #!/bin/sh
            input=$(cat); action=$(echo "$input" | sed -n s/^action=//p)
            echo "$input" >> '\(directory.path)/input'
            \(script)
            """)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    private func fence(
        _ names: [String], _ parameters: [String: String] = ["plug": "7"], credentials: String? = nil
    ) async -> FencingOutcome {
        await FenceAgents(folders: [directory.path], credentials: CredentialFolder(credentials), limits: limits).fence(
            "b1",
            levels: names.map {
                .agent(name: $0, parameters: ["b1": parameters], delay: DurationText(wrappedValue: .zero))
            })
    }

    private var input: String { (try? String(contentsOfFile: directory.path + "/input", encoding: .utf8)) ?? "" }

    /// The order, then questions until the status is off.
    @Test func offIsVerified() async throws {
        let state = directory.path + "/asked"
        try agent(
            "fence_good",
            """
            [ $action = off ] && exit 0
            [ -e '\(state)' ] && exit 2
            touch '\(state)'; exit 0
            """)
        let outcome = await fence(["fence_good"])
        #expect(outcome.isOff)
        #expect(outcome.problem == nil)
        #expect(input == "plug=7\naction=off\nplug=7\naction=status\nplug=7\naction=status\n")
    }

    /// An agent that claims success without any, fails, hangs, is not there or is killed: none of these is off.
    @Test func nothingElseIsOff() async throws {
        try agent("fence_liar", "exit 0")
        try agent("fence_broken", "echo 'Unable to connect' >&2; exit 1")
        try agent("fence_slow", "[ $action = off ] && sleep 30 & wait; exit 2")
        try agent("fence_shot", "kill -9 $$")
        let cases = [
            ("fence_liar", "its order was done, and the status is still on"),
            ("fence_broken", "its order failed: it exited with status 1: Unable to connect"),
            ("fence_slow", "it did not end within 3 s"),
            ("fence_shot", "its order failed: it was ended by signal 9"),
            ("fence_none", "there is no program 'fence_none' in \(directory.path); install Debian's fence-agents"),
            ("../fence", "'../fence' is no name of a fence agent"),
        ]
        for (name, evidence) in cases {
            let outcome = await fence([name])
            #expect(!outcome.isOff)
            #expect(outcome.problem == "\(name): \(evidence)")
        }
        let unknown = await FenceAgents(folders: [directory.path], limits: limits).fence(
            "c1",
            levels: [
                .watchdog(device: "/dev/watchdog"),
                .agent(name: "fence_liar", parameters: [:], delay: DurationText(wrappedValue: .zero)),
            ])
        #expect(unknown.problem == "fence_liar: there are no parameters for host 'c1'")
        #expect(await FenceAgents().fence("b1", levels: []).problem == "no fence agent is configured")
    }

    /// The next level is tried where one fails, and none after one that succeeds.
    @Test func levelsAreTriedInOrder() async throws {
        try agent("fence_broken", "exit 1")
        try agent("fence_good", "[ $action = off ] && exit 0; exit 2")
        let outcome = await fence(["fence_broken", "fence_good", "fence_broken"])
        #expect(outcome.isOff)
        #expect(outcome.attempts.map(\.agent) == ["fence_broken", "fence_good"])
    }

    /// A host that is off already is off, even where the agent takes the order for an error.
    @Test func alreadyOffIsOff() async throws {
        try agent("fence_strict", "[ $action = off ] && exit 1; echo 'Status: OFF'; exit 2")
        #expect(await fence(["fence_strict"]).isOff)
    }

    /// One that cannot even begin says 2 as well: bad arguments.
    @Test func badArgumentsAreNoProof() async throws {
        try agent("fence_confused", "echo 'Failed: you have to enter a key' >&2; exit 2")
        let outcome = await fence(["fence_confused"])
        #expect(
            outcome.problem
                == "fence_confused: its order failed: it exited with status 2: Failed: you have to enter a key")
    }

    /// Secrets reach the agent and nothing else, also where it repeats them.
    @Test func secretsAreKept() async throws {
        _ = try directory.file("ipmi", "hunter2\n")
        try agent("fence_chatty", "echo \"unknown option: $input\" >&2; exit 1")
        let parameters = ["password": "{credential.ipmi}", "username": "root"]
        let outcome = await fence(["fence_chatty"], parameters, credentials: directory.path)
        #expect(input.contains("password=hunter2\nusername=root\naction=off"))
        #expect(outcome.problem?.contains("***") ?? false)
        #expect(!(outcome.problem ?? "hunter2").contains("hunter2"))
        let missing = await fence(["fence_chatty"], ["password": "{credential.none}"], credentials: directory.path)
        #expect(missing.problem?.contains("there is no file '\(directory.path)/none'") ?? false)
        let nowhere = await fence(["fence_chatty"], parameters)
        #expect(nowhere.problem?.contains("CREDENTIALS_DIRECTORY is not set") ?? false)
    }

    /// One that writes without end is killed in time, and fills no memory.
    @Test func outputIsBounded() async throws {
        try agent("fence_loud", "exec yes")
        let began = ContinuousClock.now
        let outcome = await fence(["fence_loud"])
        #expect(outcome.problem == "fence_loud: it did not end within 3 s")
        #expect(ContinuousClock.now - began < .seconds(10))
    }

    /// Debian's own agent that needs no hardware: it turns a file off.
    @Test(
        .enabled(
            if: access("/usr/sbin/fence_dummy", X_OK) == 0, "needs Debian's fence-agents"))
    func realAgentIsUnderstood() async throws {
        let file = try directory.file("status", "on")
        let agents = FenceAgents(credentials: CredentialFolder(directory.path))
        _ = try directory.file("file", file + "\n")
        let outcome = await agents.fence(
            "b1",
            levels: [
                .agent(
                    name: "fence_dummy", parameters: ["b1": ["status_file": "{credential.file}", "type": "file"]],
                    delay: DurationText(wrappedValue: .zero))
            ])
        #expect(outcome.problem == nil)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "off")
    }
}
