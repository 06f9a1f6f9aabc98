internal import Foundation
package import Hagen

/// What other commands ask of a running lab through its socket: a line of JSON each way, like an engine's control socket.
package enum LabRequest: Codable, Equatable, Sendable {
    case fault(LabFault)
    case stop
}

package enum LabResponse: Codable, Equatable, Sendable {
    /// What was done, in words for a person.
    case done(String)
    case failure(String)
}

/// A fault that is put on a host of the lab, or taken from it.
package struct LabFault: Codable, Equatable, Sendable {
    package enum Kind: String, Codable, Equatable, Sendable, CaseIterable {
        /// SIGKILL for all processes of the host at once; it stays down until it is healed.
        case kill
        /// SIGSTOP for all processes of the host.
        case freeze
        /// SIGCONT, and what is dead is started again.
        case heal
    }

    package var kind: Kind
    package var host: String
    /// Only this engine: one that is killed is started again after a second, as after any crash.
    package var engine: Engine?

    package init(_ kind: Kind, host: String, engine: Engine? = nil) {
        self.kind = kind
        self.host = host
        self.engine = engine
    }
}

package enum LabClient {
    /// - Returns: what the lab did, in words.
    /// - Throws: `DeployError` when it does not answer, or could not do it.
    package static func send(_ request: LabRequest, to folders: LabFolders) async throws -> String {
        let answer = try await LineSocket.exchange(
            JSONEncoder().encode(request), at: folders.controlSocket, limit: 1 << 20, within: .seconds(10))
        switch try JSONDecoder().decode(LabResponse.self, from: answer) {
        case .done(let words): return words
        case .failure(let reason): throw DeployError(reason)
        }
    }
}

/// Listens on the lab's socket.
struct LabControlServer: Sendable {
    private let path: String
    private let descriptor: Int32

    init(at path: String) throws {
        self.path = path
        descriptor = try LineSocket.bound(SOCK_STREAM, at: path)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        guard listen(descriptor, 16) == 0 else {
            throw DeployError("cannot listen on '\(path)': \(SystemCalls.lastError)")
        }
    }

    /// Answers one request after the other until the task is cancelled.
    func run(_ answer: @Sendable (LabRequest) async -> LabResponse) async {
        for await connection in connections() {
            defer { _ = close(connection) }
            LineSocket.setTimeouts(of: connection, to: .seconds(2))
            let line = try? await SystemCalls.blocking { Self.line(from: connection) }
            let response: LabResponse
            if let line, let request = try? JSONDecoder().decode(LabRequest.self, from: Data(line)) {
                response = await answer(request)
            } else {
                response = .failure("the request is none that this lab understands: use the hagen that started it")
            }
            guard let data = try? JSONEncoder().encode(response) else { continue }
            try? LineSocket.write(data + Data([UInt8(ascii: "\n")]), to: connection, path: path)
        }
    }

    private func connections() -> AsyncStream<Int32> {
        DescriptorEvents.stream(on: descriptor, buffering: 16) { listener in
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return nil }
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            return connection
        } drop: {
            _ = close($0)
        }
    }

    /// A request ends at its first newline; the other side keeps its end open for the answer.
    private static func line(from connection: Int32) -> [UInt8]? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.count < 64 * 1024 {
            let count = read(connection, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return nil }
            if byte == UInt8(ascii: "\n") { return line }
            line.append(byte)
        }
        return nil
    }
}
