import Testing

@testable import Hagen

/// Goal: the compiler and the runtime find the same credentials in a text.
@Suite struct CredentialTextTests {
    @Test func partsAreFound() {
        for (text, parts) in [
            ("", []), ("plain", [.text("plain")]), ("{credential.a}", [.credential("a")]),
            ("u{credential.a}{credential.b}!", [.text("u"), .credential("a"), .credential("b"), .text("!")]),
            ("{credential.a", [.text("{credential.a")]), ("{a} {credential.}", [.text("{a} "), .credential("")]),
        ] as [(String, [CredentialText.Part])] {
            #expect(CredentialText.parts(of: text) == parts, "\(text)")
        }
    }

    /// A parameter that is more than the name of a credential may hold a secret of its own.
    @Test func referencesAreAlone() {
        #expect(CredentialText.isReference("{credential.ipmi}"))
        for text in ["", "hunter2", "{credential.a}x", "{credential.a"] {
            #expect(!CredentialText.isReference(text))
        }
    }
}
