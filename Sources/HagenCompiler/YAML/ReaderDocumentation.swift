extension ReaderCode {
    var documentation: (title: String, explanation: Explanation) {
        ("", Explanation(finds: "", why: "", example: "", fix: ""))
    }
}
