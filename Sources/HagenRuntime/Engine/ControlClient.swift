internal import FoundationEssentials
package import Hagen
internal import NIOCore
internal import NIOFoundationCompat
internal import NIOPosix

/// Asks one engine of this host something over its control socket.
package enum ControlClient {
    /// Why there is no answer, in words for a person.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// - Parameter path: of the control socket.
    /// - Throws: `Failure` when nobody listens there, or no whole answer comes within the deadline.
    package static func ask(
        _ request: ControlRequest, at path: String, deadline: Duration = .seconds(1)
    ) async throws(Failure) -> ControlResponse {
        do {
            return try await withDeadline(deadline) { try await converse(request, path, deadline) }
        } catch {
            throw Failure(description: "no answer from the control socket '\(path)': \(error)")
        }
    }

    private static func converse(
        _ request: ControlRequest, _ path: String, _ deadline: Duration
    ) async throws -> ControlResponse {
        let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.nanoseconds(deadline.nanoseconds))
            .connect(unixDomainSocketPath: path) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await connection.executeThenClose { inbound, outbound in
            var line = try JSONEncoder().encodeAsByteBuffer(request, allocator: ByteBufferAllocator())
            line.writeInteger(UInt8(ascii: "\n"))
            try await outbound.write(line)
            let limit = ControlLine.maximumResponseByteCount
            guard let response = try await ControlLine.read(from: inbound, limit: limit) else {
                throw Failure(description: "it closed the connection without an answer")
            }
            return try JSONDecoder().decode(ControlResponse.self, from: response)
        }
    }
}
