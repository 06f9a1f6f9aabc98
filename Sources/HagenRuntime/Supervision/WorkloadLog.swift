internal import CLinux
internal import Glibc

/// What a workload writes to its standard output and error: appended to a file that is put aside at a limit, so that
/// two files of that size are the most there is.
///
/// A thread of its own does the writing, for a disk that hangs must not keep the supervisor from acting in time. It
/// ends with the last writer of the pipe.
final class WorkloadLog: Sendable {
    static let limitInBytes = 10 << 20
    private let path: String
    private let input: Int32

    private init(path: String, input: Int32) {
        self.path = path
        self.input = input
    }

    /// The descriptor that workloads write to; it stays open, so that the log outlives each of them.
    static func start(at path: String) throws(EngineFailure) -> Int32 {
        var ends: [Int32] = [-1, -1]
        let failed = linux_blocking_pipe(&ends)
        guard failed == 0 else { throw EngineFailure("cannot make a pipe: \(systemMessage(-failed))") }
        var thread = pthread_t()
        let log = Unmanaged.passRetained(WorkloadLog(path: path, input: ends[0]))
        let problem = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<WorkloadLog>.fromOpaque(argument).takeRetainedValue().copy() }
                return nil
            }, log.toOpaque())
        guard problem == 0 else {
            log.release()
            throw EngineFailure("cannot start a thread for the log: \(systemMessage(problem))")
        }
        pthread_detach(thread)
        return ends[1]
    }

    private func copy() {
        var file = append()
        var size = file < 0 ? 0 : Int(lseek(file, 0, SEEK_END))
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = read(input, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            if size + count > Self.limitInBytes {
                if file >= 0 { close(file) }
                rename(path, path + ".1")
                file = append()
                size = 0
            }
            if file < 0 { file = append() }
            // What cannot be written is lost: a full disk must not stop the workload.
            if file >= 0, write(file, buffer, count) > 0 { size += count }
        }
        if file >= 0 { close(file) }
        close(input)
    }

    private func append() -> Int32 { open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640) }
}
