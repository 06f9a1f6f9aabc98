internal import Foundation
package import Hagen

/// Asks an engine how it is, through its control socket.
package enum ControlClient {
    /// What an answer may have at most; a balancer with thousands of backends stays far below.
    private static let longestAnswer = 16 << 20

    /// - Throws: `DeployError` when the engine does not answer within the time, or not what was asked for.
    package static func status(at path: String, within time: Duration) async throws -> EngineStatus {
        let request = try JSONEncoder().encode(ControlRequest.status)
        let answer = try await LineSocket.exchange(request, at: path, limit: longestAnswer, within: time)
        let response: ControlResponse
        do {
            response = try JSONDecoder().decode(ControlResponse.self, from: answer)
        } catch {
            throw DeployError("the answer from '\(path)' is none that this version understands: \(error)")
        }
        switch response {
        case .status(let status): return status
        case .failure(let reason): throw DeployError("the engine at '\(path)' refused: \(reason)")
        }
    }
}
