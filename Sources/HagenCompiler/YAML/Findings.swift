internal import Hagen

/// Collects what is found in the sources of one topology, up to a limit.
struct Findings {
    private let limit: Int
    private var diagnostics: [Diagnostic] = []
    /// Where each was found: a part that is used through several aliases is wrong once.
    private var places: Set<Place> = []
    private var isCut = false
    private(set) var hasErrors = false
    /// How often something was found that leaves a part of the model without its value.
    private(set) var breaks = 0
    /// The parts that are broken.
    var flaws = Flaws()
    private static let harmlessToTheModel: Set<DiagnosticCode> = [
        ReaderCode.unknownKey.code, ReaderCode.engineNotThereYet.code,
    ]

    private struct Place: Hashable {
        var code: DiagnosticCode
        var message: String
        var span: SourceSpan?
    }

    init(limit: Int) { self.limit = limit }

    /// Whether looking for more is of no use.
    var isFull: Bool { diagnostics.count >= limit }

    mutating func add(_ diagnostic: Diagnostic) {
        if diagnostic.severity == .error {
            hasErrors = true
            if !Self.harmlessToTheModel.contains(diagnostic.code) { breaks += 1 }
        }
        guard !isFull else {
            isCut = true
            return
        }
        let place = Place(code: diagnostic.code, message: diagnostic.message, span: diagnostic.primary?.span)
        if places.insert(place).inserted { diagnostics.append(diagnostic) }
    }

    /// A finding of the reader, with the severity that its code has.
    mutating func add(
        _ code: ReaderCode, _ message: String, at span: SourceSpan?, label: String = "",
        secondary: [Diagnostic.Label] = [], notes: [String] = [], help: [String] = [], fixes: [Diagnostic.Fix] = []
    ) {
        add(
            Diagnostic(
                code.code, code.severity, message, at: span, label: label, secondary: secondary, notes: notes,
                help: help, fixes: fixes))
    }

    /// Counts a break that has been reported elsewhere, or that a harmless finding stands for.
    mutating func addBreak() { breaks += 1 }

    /// In the order of every output; the last says where there may be more.
    var ordered: [Diagnostic] {
        var ordered = diagnostics.ordered
        if isCut || isFull, !ordered.isEmpty {
            ordered[ordered.count - 1].notes.append("there may be more: only the first \(limit) findings are shown")
        }
        return ordered
    }
}
