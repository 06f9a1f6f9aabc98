internal import AsyncHTTPClient
internal import FoundationEssentials
internal import NIOCore
internal import NIOFoundationCompat
internal import Synchronization

/// One watch of an embedded store: connects when the first change is asked for, and reads no further ahead than the
/// connection buffers.
final class EmbeddedStoreWatch: Sendable {
    private let start: @Sendable () async throws -> HTTPLines
    private let lines = Mutex<HTTPLines?>(nil)

    init(start: @escaping @Sendable () async throws -> HTTPLines) { self.start = start }

    /// The next change. Never `nil`: a watch without an end that ended has failed.
    func next() async throws -> StoreChange? {
        do {
            let lines = try await connected()
            while let line = try await lines.next() {
                if case .change(let change) = try JSONDecoder().decode(StoreWatchLine.self, from: line) {
                    return change
                }
            }
            try Task.checkCancellation()
            throw CoordinationError.unreachable("the store ended the watch")
        } catch let error as CoordinationError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw CoordinationError.unreachable("the watch broke: \(error)")
        }
    }

    private func connected() async throws -> HTTPLines {
        if let lines = lines.withLock({ $0 }) { return lines }
        let lines = try await start()
        self.lines.withLock { $0 = lines }
        return lines
    }
}

/// The lines of a response's body, for one reader.
actor HTTPLines {
    /// Taken out while a piece is awaited, and not put back after a failure or the end.
    private var pieces: HTTPClientResponse.Body.AsyncIterator?
    private var unread = ByteBuffer()
    private let maximumByteCount: Int

    init(_ body: HTTPClientResponse.Body, maximumByteCount: Int) {
        pieces = body.makeAsyncIterator()
        self.maximumByteCount = maximumByteCount
    }

    /// The next line without its line feed; `nil` at the end, a last line without one included.
    func next() async throws -> ByteBuffer? {
        while true {
            if let line = takeLine() { return line }
            guard unread.readableBytes <= maximumByteCount else {
                throw CoordinationError.unreachable("a line is longer than \(maximumByteCount) bytes")
            }
            guard var taken = pieces else { return nil }
            pieces = nil
            guard let piece = try await taken.next(isolation: self) else { return nil }
            pieces = taken
            unread.discardReadBytes()
            unread.writeImmutableBuffer(piece)
        }
    }

    private func takeLine() -> ByteBuffer? {
        let bytes = unread.readableBytesView
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let line = unread.readSlice(length: end - bytes.startIndex)
        unread.moveReaderIndex(forwardBy: 1)
        return line
    }
}
