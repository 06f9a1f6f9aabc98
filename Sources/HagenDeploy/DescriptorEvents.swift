@preconcurrency internal import Dispatch
internal import Foundation

/// What arrives on a descriptor, as a sequence, without a thread that waits for it.
enum DescriptorEvents {
    /// Reads whenever the descriptor is readable. Once per descriptor, which must not block; it is closed when the
    /// reader stops. `receive` is called until it has nothing more.
    ///
    /// - Parameter drop: called with an element that nobody will see, because the reader is too far behind.
    static func stream<Element: Sendable>(
        on descriptor: Int32, buffering limit: Int, receive: @escaping @Sendable (Int32) -> Element?,
        drop: @escaping @Sendable (Element) -> Void
    ) -> AsyncStream<Element> {
        AsyncStream(bufferingPolicy: .bufferingOldest(limit)) { continuation in
            let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
            source.setEventHandler {
                while let element = receive(descriptor) {
                    switch continuation.yield(element) {
                    case .enqueued: break
                    case .dropped(let element): drop(element)
                    case .terminated: drop(element)
                    @unknown default: drop(element)
                    }
                }
            }
            source.setCancelHandler { _ = close(descriptor) }
            continuation.onTermination = { _ in source.cancel() }
            source.activate()
        }
    }

    /// Returns when the descriptor is readable for the first time; it stays open.
    static func firstReadable(_ descriptor: Int32) async {
        await withCheckedContinuation { continuation in
            let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
            source.setEventHandler { source.cancel() }
            source.setCancelHandler { continuation.resume() }
            source.activate()
        }
    }
}
