internal import CLinux
internal import Glibc

/// Bytes of any kind in both directions: TCP, and HTTP after an upgrade.
extension EventLoop {
    mutating func driveTunnel(_ source: ConnectionPointer) {
        guard source.pointee.peer != Connection.noIndex, !source.pointee.has(.abandoned) else { return }
        let destination = table[source.pointee.peer]
        guard !destination.pointee.has(.connecting), !source.pointee.has(.connecting) else { return }
        let client = source.pointee.kind == .client ? source : destination
        switch transfer(from: source, to: destination) {
        case .blocked, .starved, .finished:
            releaseEmptyBuffers(source)
            touch(client)
        case .ended:
            releaseEmptyBuffers(source)
            touch(client)
            closeOutput(of: destination, source: source)
        case .sourceLost: tunnelLost(source, destination)
        case .destinationLost, .malformed:
            // What the other side said before it closed is delivered; then it is over.
            source.pointee.set(.abandoned)
            if source.pointee.has(.abandoned), destination.pointee.has(.abandoned) {
                return abort(source, reset: true)
            }
            destination.pointee.set(.readable)
            driveTunnel(destination)
        }
    }

    /// One direction has ended. The other goes on: a half-closed connection is a regular one.
    private mutating func closeOutput(of destination: ConnectionPointer, source: ConnectionPointer) {
        // Both have ended: closing says so by itself.
        if source.pointee.has(.outputClosed) || destination.pointee.has(.abandoned) {
            return abort(source, reset: false)
        }
        guard !destination.pointee.has(.outputClosed) else { return }
        destination.pointee.set(.outputClosed)
        linux_shutdown_output(destination.pointee.descriptor)
    }

    private mutating func tunnelLost(_ source: ConnectionPointer, _ destination: ConnectionPointer) {
        let client = source.pointee.kind == .client ? source : destination
        let backend = source.pointee.kind == .client ? destination : source
        let nothingMoved =
            !client.pointee.has(.moved) && !backend.pointee.has(.moved) && client.pointee.inputCount == 0
            && !client.pointee.has(.outputClosed) && !listener(of: client).pointee.isHTTP
        guard nothingMoved, source.pointee.kind == .backend else {
            return abort(source, reset: source.pointee.kind == .backend)
        }
        // The backend died before a byte went either way: another one may take the client.
        connectFailed(backend)
    }
}
