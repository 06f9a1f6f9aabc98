internal import CLibYAML

/// One token of libyaml's scanner. Positions are counts of scalars from the start; what stands between two tokens is
/// space, line ends and comments.
struct LayoutToken: Equatable {
    enum Kind: Equatable {
        case streamStart, streamEnd, directive, documentStart, documentEnd
        case blockSequenceStart, blockMappingStart, blockEnd
        case flowStart(isMapping: Bool)
        case flowEnd
        /// `-`, `,`, `?` (of no length before a key that stands without it) and `:`.
        case blockEntry, flowEntry, key, value
        case alias
        /// An anchor or a tag.
        case property
        case scalar(isBlock: Bool)
    }

    var kind: Kind
    var start: Int
    var end: Int

    /// All tokens of a text; `nil` where libyaml's scanner finds fault with it.
    static func all(of bytes: [UInt8]) -> [LayoutToken]? {
        bytes.withUnsafeBufferPointer { bytes in
            // libyaml keeps the address of the parser in the parser.
            let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
            defer { parser.deallocate() }
            parser.initialize(to: yaml_parser_t())
            guard yaml_parser_initialize(parser) == 1 else { return nil }
            defer { yaml_parser_delete(parser) }
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
            var tokens: [LayoutToken] = []
            while tokens.last?.kind != .streamEnd {
                var token = yaml_token_t()
                guard yaml_parser_scan(parser, &token) == 1, let kind = kind(of: token) else { return nil }
                tokens.append(LayoutToken(kind: kind, start: token.start_mark.index, end: token.end_mark.index))
                yaml_token_delete(&token)
            }
            return tokens
        }
    }

    private static func kind(of token: yaml_token_t) -> Kind? {
        switch token.type {
        case YAML_STREAM_START_TOKEN: .streamStart
        case YAML_STREAM_END_TOKEN: .streamEnd
        case YAML_VERSION_DIRECTIVE_TOKEN, YAML_TAG_DIRECTIVE_TOKEN: .directive
        case YAML_DOCUMENT_START_TOKEN: .documentStart
        case YAML_DOCUMENT_END_TOKEN: .documentEnd
        case YAML_BLOCK_SEQUENCE_START_TOKEN: .blockSequenceStart
        case YAML_BLOCK_MAPPING_START_TOKEN: .blockMappingStart
        case YAML_BLOCK_END_TOKEN: .blockEnd
        case YAML_FLOW_SEQUENCE_START_TOKEN: .flowStart(isMapping: false)
        case YAML_FLOW_MAPPING_START_TOKEN: .flowStart(isMapping: true)
        case YAML_FLOW_SEQUENCE_END_TOKEN, YAML_FLOW_MAPPING_END_TOKEN: .flowEnd
        case YAML_BLOCK_ENTRY_TOKEN: .blockEntry
        case YAML_FLOW_ENTRY_TOKEN: .flowEntry
        case YAML_KEY_TOKEN: .key
        case YAML_VALUE_TOKEN: .value
        case YAML_ALIAS_TOKEN: .alias
        case YAML_ANCHOR_TOKEN, YAML_TAG_TOKEN: .property
        case YAML_SCALAR_TOKEN:
            .scalar(
                isBlock: token.data.scalar.style == YAML_LITERAL_SCALAR_STYLE
                    || token.data.scalar.style == YAML_FOLDED_SCALAR_STYLE)
        default: nil
        }
    }
}
