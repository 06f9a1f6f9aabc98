internal import Foundation
package import Hagen

/// Asks an engine something through its control socket.
package enum ControlClient {
    /// What an answer may have at most; a balancer with thousands of backends stays far below.
    private static let longestAnswer = 16 << 20

    /// - Throws: `DeployError` when the engine does not answer within the time, or not what was asked for.
    package static func status(at path: String, within time: Duration) async throws -> EngineStatus {
        guard case .status(let status) = try await ask(.status, at: path, within: time) else {
            throw DeployError("the engine at '\(path)' did not answer what it was asked")
        }
        return status
    }

    /// - Throws: `Refusal` with the engine's words, and `DeployError` when it does not answer within the time.
    package static func ask(
        _ request: ControlRequest, at path: String, within time: Duration
    ) async throws -> ControlResponse {
        let request = try JSONEncoder().encode(request)
        let answer = try await LineSocket.exchange(request, at: path, limit: longestAnswer, within: time)
        let response: ControlResponse
        do {
            response = try JSONDecoder().decode(ControlResponse.self, from: answer)
        } catch {
            throw DeployError("the answer from '\(path)' is none that this version understands: \(error)")
        }
        if case .failure(let reason) = response { throw Refusal(description: reason) }
        return response
    }

    /// What was asked for could not be done, in the engine's words.
    package struct Refusal: Error, Equatable, CustomStringConvertible {
        package let description: String
    }
}
