import HagenEngine
import Testing

/// When a backend counts as healthy.
struct BackendCheckMachineTests {
    /// `+` is a success, `-` a failure, `!` a failure seen by traffic, `*` a new member, `~` forgiveness. The answer has
    /// `H` where it becomes healthy, `U` where unhealthy, `c` where a check is asked for and `.` where nothing changes.
    private static func play(_ events: String, rise: Int = 2, fall: Int = 3) -> String {
        var machine = BackendCheckMachine(rise: rise, fall: fall)
        var answer = ""
        for event in events {
            var directive: BackendCheckMachine.Directive?
            switch event {
            case "+": directive = machine.checkPassed()
            case "-": directive = machine.checkFailed()
            case "!":
                answer += machine.trafficFailed() == .checkNow ? "c" : "."
                continue
            case "*": machine.memberChanged()
            default: machine.forgiveFailures()
            }
            answer += directive.map { $0 == .becameHealthy ? "H" : "U" } ?? "."
        }
        return answer
    }

    @Test(
        "Rise, fall and the first result",
        arguments: [
            ("+", "H"), ("-", "U"), ("+---", "H..U"), ("+--+--+---", "H........U"), ("-++", "U.H"), ("-+-++", "U...H"),
            ("+---++", "H..U.H"), ("+++", "H.."), ("----", "U..."),
        ])
    func rows(_ events: String, _ expected: String) {
        #expect(Self.play(events) == expected)
    }

    @Test(
        "After traffic failed the next failed check is enough, and a success clears the suspicion",
        arguments: [
            ("+!-", "HcU"), ("+!+-", "Hc.."), ("+!+--- ", "Hc...U."), ("+!!-", "Hc.U"), ("!", "."), ("-!+", "U.."),
            ("+!-+!", "HcU.."),
        ])
    func suspicion(_ events: String, _ expected: String) {
        #expect(Self.play(events) == expected)
    }

    @Test(
        "A member that is new, or that nobody can replace, is judged by its next result alone",
        arguments: [
            ("+*-", "H.U"), ("-*+", "U.H"), ("-~+", "U.H"), ("+~--", "H..."),
        ])
    func fresh(_ events: String, _ expected: String) {
        #expect(Self.play(events) == expected)
    }
}
