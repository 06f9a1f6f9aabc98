/// What `hagen explain` says about the reader's codes.
extension ReaderCode {
    typealias Documentation = (title: String, explanation: Explanation)

    var documentation: Documentation {
        switch self {
        case .syntax, .tab, .notText, .empty, .beyondBounds, .severalDocuments, .alias, .tag, .merge, .complexKey,
            .duplicateKey:
            documentationOfYAML
        case .unavailableFile, .fileCycle, .saidTwice, .laidOverNothing: documentationOfFiles
        default: documentationOfShape
        }
    }

    /// Faults of a document, whatever it is about.
    private var documentationOfYAML: Documentation {
        switch self {
        case .syntax:
            Self.document(
                "not YAML",
                finds: "A place where the text does not follow the grammar of YAML: a bracket or quote that is never "
                    + "closed, a line with the wrong indentation, a key without its ':'.",
                why: "From there on nobody can say what the text means, so nothing after it is read.",
                example: "name: \"shop\nhosts: {}\n",
                fix:
                    "Close what is open, and let keys of one mapping stand in one column. Texts that hold ': ' or begin "
                    + "with one of @ ` % & * ! [ { need quotes.")
        case .tab:
            Self.document(
                "tab as indentation",
                finds: "A line that is indented with a tab.",
                why: "YAML is indented with spaces, because editors show tabs at different widths.",
                example: "name: shop\nhosts:\n\ta1: {address: 10.0.0.11/24, zone: a}\n",
                fix: "Indent with spaces. Most editors can be told to insert them for the tab key.")
        case .notText:
            Self.document(
                "not text in UTF-8",
                finds: "A byte that belongs to no character in UTF-8, a NUL or another control character, or a file in "
                    + "UTF-16.",
                why: "The file is not what it is taken for, or was damaged on its way.",
                example: "name: \"sh\u{1}op\"\n",
                fix: "Save the file as UTF-8. Control characters can be written as escapes in double quotes.")
        case .empty:
            Self.document(
                "empty topology",
                finds: "A file without any value: empty, or nothing but comments.",
                why: "There is nothing to compile; the file may have been truncated.",
                example: "# To be written.\n",
                fix: "Write a topology; 'hagen init' makes one to begin with.")
        case .beyondBounds:
            Self.document(
                "beyond the reader's bounds",
                finds:
                    "A file of more than 16 MiB, parts nested more than 100 levels deep, or more than a million parts "
                    + "once every alias is written out.",
                why: "No topology needs so much, and reading it could take all memory: a few lines of aliases that "
                    + "repeat each other stand for billions of values.",
                example: "name: " + String(repeating: "[", count: 101) + String(repeating: "]", count: 101) + "\n",
                fix: "Check that this is the right file. Look for a bracket that is opened again and again, or for "
                    + "aliases that multiply.")
        case .severalDocuments:
            Self.document(
                "several documents",
                finds: "A second document in the file, after a line '---'.",
                why: "One file holds one topology; the second would be ignored.",
                example:
                    "apiVersion: hagen/v1\nname: shop\nhosts: {a1: {address: 10.0.0.11/24, zone: a}}\n---\nname: other\n",
                fix: "Put each topology into a file of its own.")
        case .alias:
            Self.document(
                "alias without its anchor",
                finds: "An alias '*name' where no part before it is named '&name', or inside the very part it names.",
                why: "The alias stands for nothing.",
                example: "apiVersion: hagen/v1\nname: shop\nhosts: {a1: *first}\n",
                fix: "Name the part with '&name' where it is written first. A text that begins with '*' needs quotes.")
        case .tag:
            Self.document(
                "tag without meaning",
                finds: "A tag such as '!secret' or '!!binary'.",
                why: "Tags of other tools mean nothing here, and ignoring one would change what the value says.",
                example: "apiVersion: hagen/v1\nname: !secret shop\nhosts: {a1: {address: 10.0.0.11/24, zone: a}}\n",
                fix: "Leave the tag out. '!!str' may stand before a value that would otherwise be a number.")
        case .merge:
            Self.document(
                "merge of something else than a mapping",
                finds: "A merge key '<<' whose value is neither a mapping nor a list of mappings.",
                why: "There are no keys to merge.",
                example:
                    "apiVersion: hagen/v1\nname: shop\nx-zone: &zone eu\nhosts: {a1: {<<: *zone, address: 10.0.0.11/24, zone: a}}\n",
                fix: "Give it an alias of a mapping: '<<: *defaults'. Keys of the mapping itself win over merged ones.")
        case .complexKey:
            Self.document(
                "key that is no text",
                finds: "A key that is a list, a mapping, or nothing at all.",
                why: "Every key of a topology is a word of the language or a name.",
                example: "apiVersion: hagen/v1\nname: shop\nhosts: {[a1]: {address: 10.0.0.11/24, zone: a}}\n",
                fix: "Write a text. One that begins with '[' or '{' needs quotes.")
        default:
            Self.document(
                "duplicate key",
                finds: "A key that stands twice in one mapping.",
                why: "Many readers silently keep one of the two, and which one is a matter of luck.",
                example: "apiVersion: hagen/v1\nname: shop\nhosts:\n  a1: {address: 10.0.0.11/24, zone: a}\n"
                    + "  a1: {address: 10.0.0.12/24, zone: b}\n",
                fix: "Remove one of the two, or give it another name.")
        }
    }

    static func document(
        _ title: String, finds: String, why: String, example: String, fix: String
    ) -> Documentation {
        (title, Explanation(finds: finds, why: why, example: example, fix: fix))
    }
}
