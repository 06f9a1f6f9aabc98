import Testing

@testable import HagenCompiler

/// Goal: a comment at the head of a topology's file says how it is seen in Swift, and a wrong one is refused at its line.
struct SwiftSettingsTests {
    private static func read(_ text: String) -> Result<SwiftSettings, SwiftSettings.Mistake> {
        do {
            return .success(try SwiftSettings.read(Source(name: "shop.hagen.yaml", text: text)))
        } catch {
            return .failure(error)
        }
    }

    @Test(arguments: [
        ("", SwiftSettings()), ("apiVersion: hagen/v1\n# hagen-swift: access=public", SwiftSettings()),
        ("# a comment\n\n# hagen-swift: access=public\nname: shop", SwiftSettings(access: .public)),
        ("#hagen-swift: name=a", SwiftSettings()), ("# hagen-swift:", SwiftSettings()),
        ("# hagen-swift: name=Staging access=package\r\n", SwiftSettings(access: .package, name: "Staging")),
        ("# hagen-swift: name=A\n# hagen-swift: access=internal\n", SwiftSettings(name: "A")),
    ])
    func right(text: String, expected: SwiftSettings) {
        #expect(Self.read(text) == .success(expected))
    }

    @Test(arguments: [
        ("# hagen-swift: access=open", 1), ("#\n# hagen-swift: public", 2), ("# hagen-swift: name=", 1),
        ("# hagen-swift: name=shop", 1), ("# hagen-swift: name=A-b", 1), ("# hagen-swift: name=String", 1),
        ("# hagen-swift: name=HagenTopology", 1), ("# hagen-swift: name=Type", 1), ("# hagen-swift: name=3a", 1),
    ])
    func wrong(text: String, line: Int) {
        guard case .failure(let mistake) = Self.read(text) else {
            Issue.record("'\(text)' was taken")
            return
        }
        #expect(mistake.line == line)
    }
}
