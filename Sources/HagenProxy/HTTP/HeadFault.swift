internal import Glibc

/// Why a head was refused. A request's fault is answered with `status`; any fault of a response with 502.
enum HeadFault: UInt8, Error {
    case bareLineFeed
    case malformedStartLine
    case unsupportedVersion
    case methodNotAllowed
    case malformedField
    /// A continuation line (RFC 9112, section 5.2), which two readers may understand differently.
    case foldedLine
    case malformedContentLength
    case differingContentLengths
    /// A length and a transfer coding: the classic way to smuggle a request past a proxy.
    case lengthAndCoding
    /// A transfer coding other than plain `chunked`.
    case unsupportedCoding
    case codingInVersionZero
    case malformedHost
    case tooManyFields
    case tooLarge

    var status: Int {
        switch self {
        case .tooLarge, .tooManyFields: 431
        case .unsupportedVersion: 505
        case .methodNotAllowed: 405
        case .unsupportedCoding: 501
        default: 400
        }
    }
}

/// Finds the end of a head.
enum HeadScanner {
    enum Result: Equatable {
        /// Where the head ends, after its empty line.
        case complete(Int)
        /// What was looked at and need not be again.
        case incomplete(scanned: Int)
        case bareLineFeed
    }

    /// - Parameters:
    ///   - bytes: the head from its first byte.
    ///   - scanned: how far an earlier call got.
    @inline(__always)
    static func scan(_ bytes: UnsafePointer<UInt8>, from scanned: Int, to end: Int) -> Result {
        var position = scanned
        while position < end, let found = memchr(bytes + position, 0x0A, end - position) {
            let lineFeed = UnsafeRawPointer(found) - UnsafeRawPointer(bytes)
            guard lineFeed > 0, bytes[lineFeed - 1] == 0x0D else { return .bareLineFeed }
            if lineFeed >= 3, bytes[lineFeed - 2] == 0x0A { return .complete(lineFeed + 1) }
            position = lineFeed + 1
        }
        return .incomplete(scanned: max(position, end))
    }
}
