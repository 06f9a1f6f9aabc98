/// The forms of the graph that `hagen graph` writes.
package enum GraphFormat: String, CaseIterable, Sendable {
    /// Laid out by Hagen: a picture.
    case svg
    /// For Graphviz.
    case dot
    /// For pages that draw it themselves, such as those of code hosts.
    case mermaid

    /// The form that the file's extension stands for; `nil` where it stands for none.
    package init?(fileName: String) {
        let name = fileName.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: ".") else { return nil }
        switch name[name.index(after: dot)...].lowercased() {
        case "svg": self = .svg
        case "dot", "gv": self = .dot
        case "mmd", "mermaid": self = .mermaid
        default: return nil
        }
    }

    /// What its files are called when nobody says otherwise.
    package var fileExtension: String { self == .mermaid ? "mmd" : rawValue }

    package func text(_ overview: TopologyOverview) -> String {
        switch self {
        case .svg: GraphEmitter.svg(overview)
        case .dot: DOTEmitter.text(overview)
        case .mermaid: MermaidEmitter.text(overview)
        }
    }
}
