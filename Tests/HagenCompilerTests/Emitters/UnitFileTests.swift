import HagenCompiler
import Testing

/// Goal: no value can become more than a value in a unit.
struct UnitFileTests {
    private func line(_ value: UnitFile.Value, because comment: String? = nil) throws -> String {
        let unit = UnitFile(sections: [.init(name: "S", settings: [.init("K", value, because: comment)])])
        return String(try unit.text().dropFirst("[S]\n".count).dropLast())
    }

    /// Goal: specifiers, variables, quotes and backslashes mean themselves.
    @Test(arguments: [
        (UnitFile.Value.text("50 % of \"x\""), "K=50 %% of \"x\""),
        (.words(["a", "b c", "d\"e", "%i", "", "f\\g", "h;"]), "K=a \"b c\" \"d\\\"e\" %%i \"\" \"f\\\\g\" \"h;\""),
        (.words([]), "K="),
        (.command(["/bin/x", "$HOME", "${A}", "it's", "%h"]), "K=/bin/x $$HOME $${A} \"it's\" %%h"),
        (.flag(true), "K=yes"), (.flag(false), "K=no"), (.number(-100), "K=-100"),
        (.duration(.milliseconds(1500)), "K=1500ms"), (.duration(.seconds(90)), "K=90s"),
        (.duration(.microseconds(1)), "K=1ms"), (.duration(.zero), "K=0s"),
    ])
    func valuesAreEscaped(value: UnitFile.Value, expected: String) throws {
        #expect(try line(value) == expected)
    }

    /// Goal: what would end the line, or begin another, is refused and named.
    @Test(arguments: [
        UnitFile.Value.text("a\nExecStart=/bin/sh"), .text("a\r"), .text("a\0b"), .text("a\\"), .words(["a\nb"]),
        .command(["/bin/x", "a\nb"]), .command(["x"]), .command([]), .command(["-/bin/x"]),
    ])
    func lineBreaksAreRefused(value: UnitFile.Value) {
        #expect(throws: UnitFile.Refusal.self) { try line(value) }
    }

    /// Goal: a comment stays a comment.
    @Test func commentsStayComments() throws {
        #expect(try line(.flag(true), because: "Why.") == "# Why.\nK=yes")
        #expect(throws: UnitFile.Refusal.self) { try line(.flag(true), because: "Why.\nExecStart=/bin/sh") }
    }
}
