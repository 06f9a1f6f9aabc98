internal import Hagen

/// The stable name of a kind of finding: `HG` and four digits. A code is never used again for something else.
///
/// HG0001 to HG0099 come from reading a source, HG0100 stands for parts of the language whose engine is not there yet,
/// and the rules begin at HG0101.
package struct DiagnosticCode: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let number: Int

    /// The number is 1 to 9999.
    package init(_ number: Int) {
        precondition((1...9999).contains(number), "a diagnostic code has a number of 1 to 9999, not \(number)")
        self.number = number
    }

    /// Reads `HG0103`, in capital or small letters; `nil` for anything else.
    package init?(text: String) {
        guard text.utf8.count == 6, text.prefix(2).uppercased() == "HG", let number = Int(text.dropFirst(2)),
            text.dropFirst(2).utf8.allSatisfy({ (0x30...0x39).contains($0) }), number > 0
        else { return nil }
        self.number = number
    }

    package var description: String {
        let digits = String(number)
        return "HG" + String(repeating: "0", count: 4 - digits.count) + digits
    }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

extension DiagnosticCode: CodedAsText {
    package static var refusal: String { "is not a code" }
}
