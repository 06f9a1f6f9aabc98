internal import FoundationEssentials
internal import Glibc
package import Hagen

/// Reads the JSON file that configures an engine. Everything that is wrong with it is said in words for a person.
package enum ConfigurationFile {
    /// 16 MiB: far above any topology, and small enough to read whole.
    package static let maximumByteCount = 16 << 20

    /// - Throws: `EngineFailure` of kind `.configuration`: no such file, not readable, too long, no JSON, another schema
    ///   version, a key that is missing, wrong or unknown (with its path).
    package static func read<Configuration: EngineConfiguration>(
        _ type: Configuration.Type, at path: String
    ) throws(EngineFailure) -> Configuration {
        try decode(type, from: bytes(at: path), path: path)
    }

    package static func decode<Configuration: EngineConfiguration>(
        _ type: Configuration.Type, from bytes: [UInt8], path: String
    ) throws(EngineFailure) -> Configuration {
        func wrong(_ reason: String) -> EngineFailure { EngineFailure("\(path): \(reason)", kind: .configuration) }
        let data = Data(bytes)
        let decoder = JSONDecoder()
        do {
            let written = try decoder.decode(JSONTree.self, from: data)
            let version = try decoder.decode(SchemaVersion.self, from: data).schemaVersion
            guard version == Configuration.schemaVersion else {
                throw wrong(
                    "schema version \(version), but this hagend reads version \(Configuration.schemaVersion) of the "
                        + "\(Configuration.engine.rawValue) configuration: install the release and hagend of one version"
                )
            }
            let configuration = try decoder.decode(type, from: data)
            let understood = try decoder.decode(JSONTree.self, from: JSONEncoder().encode(configuration))
            let unknown = written.keys(unknownTo: understood)
            guard unknown.isEmpty else {
                throw wrong("unknown key\(unknown.count > 1 ? "s" : "") \(unknown.joined(separator: ", "))")
            }
            return configuration
        } catch let failure as EngineFailure {
            throw failure
        } catch let error as DecodingError {
            throw wrong(describe(error))
        } catch {
            throw wrong("cannot be understood: \(error)")
        }
    }

    private static func bytes(at path: String) throws(EngineFailure) -> [UInt8] {
        func wrong(_ reason: String) -> EngineFailure { EngineFailure("\(path): \(reason)", kind: .configuration) }
        // Not blocking: opening a named pipe would else wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw wrong("cannot be opened: \(systemMessage(errno))") }
        defer { close(descriptor) }
        var properties = stat()
        guard fstat(descriptor, &properties) == 0 else { throw wrong("cannot be read: \(systemMessage(errno))") }
        guard properties.st_mode & S_IFMT == S_IFREG else { throw wrong("is not a file") }
        guard properties.st_size <= maximumByteCount else {
            throw wrong("has \(properties.st_size) bytes, but a configuration has at most \(maximumByteCount)")
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= maximumByteCount {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw wrong("cannot be read: \(systemMessage(errno))") }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
        throw wrong("grew beyond \(maximumByteCount) bytes while it was read")
    }

    private static func describe(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            "the key '\(key.stringValue)' is missing\(location(context.codingPath))"
        case .typeMismatch(let type, let context):
            "\(subject(context.codingPath)) is not of the expected type (\(type)): \(context.debugDescription)"
        case .valueNotFound(_, let context):
            "\(subject(context.codingPath)) has no value"
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            "is not JSON: \(context.underlyingError.map { "\($0)" } ?? context.debugDescription)"
        case .dataCorrupted(let context):
            "\(subject(context.codingPath)) is wrong: \(context.debugDescription)"
        @unknown default:
            "cannot be understood: \(error)"
        }
    }

    private static func location(_ path: [any CodingKey]) -> String { path.isEmpty ? "" : " in \(text(path))" }
    private static func subject(_ path: [any CodingKey]) -> String { path.isEmpty ? "the document" : text(path) }

    /// `clusters[0].lease.duration`
    private static func text(_ path: [any CodingKey]) -> String {
        var text = ""
        for key in path {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
        return text
    }
}

private struct SchemaVersion: Decodable {
    var schemaVersion: Int
}

/// The shape of a JSON document. A key that a file has and the configuration read from it does not have when it is
/// written again is one that nobody reads.
private indirect enum JSONTree: Decodable {
    case object([String: JSONTree])
    case array([JSONTree])
    case null
    case scalar

    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: AnyKey.self) {
            var members: [String: JSONTree] = [:]
            for key in object.allKeys { members[key.stringValue] = try object.decode(JSONTree.self, forKey: key) }
            self = .object(members)
        } else if var array = try? decoder.unkeyedContainer() {
            var elements: [JSONTree] = []
            while !array.isAtEnd { elements.append(try array.decode(JSONTree.self)) }
            self = .array(elements)
        } else {
            self = try decoder.singleValueContainer().decodeNil() ? .null : .scalar
        }
    }

    /// Paths of keys that `other` lacks, sorted.
    func keys(unknownTo other: JSONTree, path: String = "") -> [String] {
        switch (self, other) {
        case (.object(let mine), .object(let others)):
            mine.sorted { $0.key < $1.key }.flatMap { key, value -> [String] in
                let path = path.isEmpty ? key : "\(path).\(key)"
                if let other = others[key] { return value.keys(unknownTo: other, path: path) }
                if case .null = value { return [] }
                return [path]
            }
        case (.array(let mine), .array(let others)):
            zip(mine, others).enumerated().flatMap { index, pair in
                pair.0.keys(unknownTo: pair.1, path: "\(path)[\(index)]")
            }
        default: []
        }
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
