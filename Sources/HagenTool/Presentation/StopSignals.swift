@preconcurrency internal import Dispatch
internal import Foundation

/// The signals that ask a command to end, as a sequence; while it is read they no longer end the process by themselves.
enum StopSignals {
    static func stream() -> AsyncStream<Int32> {
        AsyncStream(bufferingPolicy: .bufferingNewest(8)) { continuation in
            let sources = [SIGINT, SIGTERM, SIGHUP].map { signal in
                let source = DispatchSource.makeSignalSource(signal: signal, queue: .global())
                source.setEventHandler { continuation.yield(signal) }
                source.activate()
                return source
            }
            continuation.onTermination = { _ in sources.forEach { $0.cancel() } }
        }
    }
}
