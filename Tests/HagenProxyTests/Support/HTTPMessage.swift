/// A message as a test reads it from a wire.
struct HTTPMessage: Sendable {
    var startLine = ""
    /// Names in lower case.
    var fields: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// The head as it came.
    var head = ""

    var status: Int { Int(startLine.split(separator: " ").dropFirst().first ?? "") ?? 0 }
    var method: String { String(startLine.split(separator: " ").first ?? "") }
    var target: String { String(startLine.split(separator: " ").dropFirst().first ?? "") }
    var text: String { String(decoding: body, as: UTF8.self) }
    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
}

/// Reads messages one after the other from a wire.
final class HTTPReader {
    let wire: Wire
    private(set) var buffer: [UInt8] = []
    private(set) var ended = false

    init(_ wire: Wire) { self.wire = wire }

    private func more() throws {
        let bytes = try wire.receive()
        if bytes.isEmpty { ended = true }
        buffer += bytes
    }

    /// `nil` when the connection ended before a byte of the message.
    ///
    /// - Parameter answersHead: the message is a response without a body, whatever its fields say.
    func next(answersHead: Bool = false) throws -> HTTPMessage? {
        var searched = 0
        while true {
            if let end = endOfHead(from: searched) {
                var message = parse(Array(buffer[..<end]))
                buffer.removeFirst(end)
                message.body = try body(of: message, answersHead: answersHead)
                return message
            }
            searched = max(buffer.count - 3, 0)
            try more()
            if ended {
                if buffer.isEmpty { return nil }
                throw Wire.Failure("the connection ended within a head: \(String(decoding: buffer, as: UTF8.self))")
            }
        }
    }

    private func endOfHead(from start: Int) -> Int? {
        var index = start
        while index + 4 <= buffer.count {
            if buffer[index] == 13, buffer[index + 1] == 10, buffer[index + 2] == 13, buffer[index + 3] == 10 {
                return index + 4
            }
            index += 1
        }
        return nil
    }

    private func parse(_ bytes: [UInt8]) -> HTTPMessage {
        var message = HTTPMessage()
        message.head = String(decoding: bytes, as: UTF8.self)
        let lines = message.head.split(separator: "\r\n")
        message.startLine = String(lines.first ?? "")
        for line in lines.dropFirst() {
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            let value = line[colon...].dropFirst().drop { $0 == " " }
            message.fields.append((line[..<colon].lowercased(), String(value)))
        }
        return message
    }

    private func body(of message: HTTPMessage, answersHead: Bool) throws -> [UInt8] {
        let status = message.status
        if answersHead || (100..<200).contains(status) || status == 204 || status == 304 { return [] }
        if message["transfer-encoding"] == "chunked" { return try chunkedBody() }
        if let length = message["content-length"].flatMap(Int.init) { return try take(length) }
        guard status > 0 else { return [] }
        while !ended { try more() }
        return try take(buffer.count)
    }

    func take(_ count: Int) throws -> [UInt8] {
        while buffer.count < count {
            try more()
            if ended, buffer.count < count { throw Wire.Failure("\(buffer.count) of \(count) bytes of a body came") }
        }
        let bytes = Array(buffer[..<count])
        buffer.removeFirst(count)
        return bytes
    }

    private func line() throws -> String {
        var searched = 0
        while true {
            if let end = buffer[searched...].firstIndex(of: 10) {
                let text = String(decoding: buffer[..<end].dropLast(), as: UTF8.self)
                buffer.removeFirst(end + 1)
                return text
            }
            searched = buffer.count
            try more()
            if ended { throw Wire.Failure("the connection ended within the framing of chunks") }
        }
    }

    private func chunkedBody() throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let size = try line()
            guard let count = Int(size.split(separator: ";").first ?? "", radix: 16) else {
                throw Wire.Failure("'\(size)' is no size of a chunk")
            }
            if count == 0 {
                while try !line().isEmpty {}
                return body
            }
            body += try take(count)
            guard try line().isEmpty else { throw Wire.Failure("a chunk is longer than its size") }
        }
    }
}
