internal import CLinux
internal import Glibc

/// Answers that the balancer gives itself.
extension EventLoop {
    /// Answers a request that no backend answers. The connection goes on only where the request was read to its end.
    mutating func answer(_ client: ConnectionPointer, _ status: Int) {
        if client.pointee.has(.queued) { leaveQueue(client) }
        if client.pointee.peer != Connection.noIndex {
            let backend = table[client.pointee.peer]
            detach(client, backend)
            release(backend)
        }
        // A client that waits for its body to be wanted, or whose head was refused, is not where a next request starts.
        let goesOn =
            status >= 502 && client.pointee.has(.persistent) && client.pointee.phase == .done
            && !client.pointee.has(.abandoned) && !isDraining
        releaseHead(client)
        let block = buffers.take()
        var writer = HeadWriter(block.assumingMemoryBound(to: UInt8.self), capacity: BufferPool.blockSize)
        Self.write(status, goesOn: goesOn, withBody: !client.pointee.has(.headRequest), to: &writer)
        let sent = linux_send(client.pointee.descriptor, block, writer.count)
        buffers.giveBack(block)
        guard sent == writer.count else { return abort(client, reset: true) }
        if goesOn { awaitNextRequest(client) } else { finish(client) }
    }

    private static func write(_ status: Int, goesOn: Bool, withBody: Bool, to writer: inout HeadWriter) {
        let reason: StaticString =
            switch status {
            case 400: "Bad Request"
            case 405: "Method Not Allowed"
            case 408: "Request Timeout"
            case 431: "Request Header Fields Too Large"
            case 501: "Not Implemented"
            case 502: "Bad Gateway"
            case 503: "Service Unavailable"
            case 504: "Gateway Timeout"
            case 505: "HTTP Version Not Supported"
            default: "Error"
            }
        let text: StaticString =
            switch status {
            case 408: "The request did not arrive in time.\n"
            case 405: "This method is not served here.\n"
            case 431: "The head of the request is too large.\n"
            case 501: "Of transfer codings only chunked is understood.\n"
            case 502: "The service gave no proper answer.\n"
            case 503: "The service is not available now.\n"
            case 504: "The service did not answer in time.\n"
            case 505: "Only HTTP/1.0 and HTTP/1.1 are understood.\n"
            default: "The request is not proper HTTP.\n"
            }
        writer.append("HTTP/1.1 ")
        writer.append(decimal: status)
        writer.append(" ")
        writer.append(reason)
        writer.append("\r\nContent-Type: text/plain\r\nContent-Length: ")
        writer.append(decimal: text.utf8CodeUnitCount)
        writer.append(goesOn ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n")
        if withBody { writer.append(text) }
    }
}
