/// The kinds of findings of the reader, HG0001 to HG0099, and HG0100.
package enum ReaderCode: Int, CaseIterable, Sendable {
    case syntax = 1
    case tab = 2
    case notText = 3
    case empty = 4
    case beyondBounds = 5
    case severalDocuments = 6
    case alias = 7
    case tag = 8
    case duplicateKey = 9
    case unknownKey = 10
    case wrongType = 11
    case unknownWord = 12
    case missingKey = 13
    case version = 14
    case outOfRange = 15
    case alternatives = 16
    case name = 17
    case merge = 18
    case complexKey = 19
    case misplacedKey = 20
    case unavailableFile = 21
    case fileCycle = 22
    case saidTwice = 23
    case laidOverNothing = 24
    /// Also reported by the rules, of parts that the model can hold.
    case engineNotThereYet = 100
}

extension ReaderCode: DocumentedCode {
    package var code: DiagnosticCode { DiagnosticCode(rawValue) }
    package var severity: Diagnostic.Severity { .error }
    package var title: String { documentation.title }
    package var explanation: Explanation { documentation.explanation }
}
