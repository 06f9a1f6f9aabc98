internal import CLibYAML

/// What libyaml sees in a document, one event after the other. Positions are counts of scalars from the start.
struct YAMLEvent {
    enum Kind: Equatable {
        case streamStart, streamEnd, documentStart, documentEnd
        case alias(String)
        case scalar(text: String, isPlain: Bool, tag: String?, anchor: String?)
        case sequenceStart(tag: String?, anchor: String?)
        case sequenceEnd
        case mappingStart(tag: String?, anchor: String?)
        case mappingEnd
    }
    var kind: Kind
    var start: Int
    var end: Int
}

/// Why libyaml cannot go on, in its own words, which `SyntaxFault` turns into ours.
struct YAMLProblem: Error {
    var problem: String
    /// What it was doing, and where it began to; the text is empty where it says nothing.
    var context: String
    /// Counts of scalars from the start.
    var position: Int
    var contextPosition: Int
}

/// Owns a libyaml parser over bytes that outlive it.
struct YAMLEventStream: ~Copyable {
    // libyaml keeps the address of the parser in the parser.
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    /// `nil` where there is no memory.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            return nil
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// After the end of the stream and after a problem there is no next event.
    mutating func next() throws(YAMLProblem) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw problem }
        defer { yaml_event_delete(&event) }
        return YAMLEvent(kind: Self.kind(of: event), start: event.start_mark.index, end: event.end_mark.index)
    }

    private var problem: YAMLProblem {
        let parser = self.parser.pointee
        // The reader, which knows no marks, finds fault with characters only; all of these were looked at before.
        return YAMLProblem(
            problem: parser.problem.map { String(cString: $0) } ?? "out of memory",
            context: parser.context.map { String(cString: $0) } ?? "",
            position: parser.error == YAML_READER_ERROR ? parser.mark.index : parser.problem_mark.index,
            contextPosition: parser.context == nil ? parser.problem_mark.index : parser.context_mark.index)
    }

    private static func kind(of event: yaml_event_t) -> YAMLEvent.Kind {
        switch event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_STREAM_END_EVENT: return .streamEnd
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_ALIAS_EVENT: return .alias(text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return .scalar(
                text: String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE,
                tag: text(scalar.tag), anchor: text(scalar.anchor))
        case YAML_SEQUENCE_START_EVENT:
            return .sequenceStart(
                tag: text(event.data.sequence_start.tag), anchor: text(event.data.sequence_start.anchor))
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            return .mappingStart(tag: text(event.data.mapping_start.tag), anchor: text(event.data.mapping_start.anchor))
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        default: preconditionFailure("libyaml gave an event of type \(event.type.rawValue)")
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(decoding: UnsafeBufferPointer(start: $0, count: length($0)), as: UTF8.self) }
    }

    private static func length(_ pointer: UnsafeMutablePointer<yaml_char_t>) -> Int {
        var count = 0
        while pointer[count] != 0 { count += 1 }
        return count
    }
}
