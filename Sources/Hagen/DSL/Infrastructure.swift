internal import FoundationEssentials
internal import Glibc

/// The entry point of a topology written in Swift: mark one conforming type with `@main`.
public protocol Infrastructure {
    init()
    /// What the team declares.
    var topology: Topology { get }
}

extension Infrastructure {
    /// Hands the topology to `hagen`, which names a descriptor for it in the environment; run by hand, prints help.
    ///
    /// Exits 1, with the reason on standard error, when declarations contradict each other or the topology cannot be
    /// handed over.
    public static func main() {
        let environment = ProcessInfo.processInfo.environment
        let root = environment["HAGEN_PACKAGE_ROOT"]
        // The compiler may have seen the folder by the way that links lead to.
        let topology = Self().topology.relative(to: root).relative(to: root.flatMap(resolvingLinks))
        guard let descriptor = environment["HAGEN_MODEL_FD"] else { return print(helpText(for: topology.model)) }
        do {
            guard topology.mistakes.isEmpty else { throw HandoverFailure(topology.mistakes) }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            try write(encoder.encode(topology), toDescriptor: descriptor)
        } catch {
            // Where even this cannot be written, the exit code still tells.
            try? write(Data("\(error)\n".utf8), to: STDERR_FILENO)
            exit(1)
        }
    }
}

/// Why the topology did not reach `hagen`, in words for a person.
private struct HandoverFailure: Error, CustomStringConvertible {
    let description: String

    init(_ reason: String) { description = "error: cannot hand the topology to hagen: \(reason)" }
    init(_ mistakes: [DeclarationMistake]) { description = mistakes.map(\.description).joined(separator: "\n") }
}

private func resolvingLinks(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
}

private func helpText(for model: Model.Topology) -> String {
    """
    This program describes the topology '\(model.name)': hosts: \(model.hosts.count), \
    clusters: \(model.clusters.count), balancers: \(model.balancers.count).
    It does nothing by itself. In the folder of its Package.swift, run
        hagen validate    to see what is wrong with it
        hagen up          to run all of it on this machine
    """
}

/// - Parameter descriptor: The number of an open descriptor, as text.
private func write(_ data: Data, toDescriptor descriptor: String) throws {
    guard let number = Int32(descriptor), number >= 0 else {
        throw HandoverFailure("HAGEN_MODEL_FD is '\(descriptor)', which is not a descriptor's number")
    }
    guard fcntl(number, F_GETFD) >= 0 else {
        throw HandoverFailure("HAGEN_MODEL_FD names descriptor \(number), which is not open")
    }
    // A reader that went away is an error to report, not a signal to die of.
    signal(SIGPIPE, SIG_IGN)
    try write(data, to: number)
}

/// Writes all of it, however little the descriptor takes at a time.
private func write(_ data: Data, to descriptor: Int32) throws {
    var rest = data[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count > 0 {
            rest = rest.dropFirst(count)
        } else if count < 0, errno == EAGAIN {
            var writable = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            poll(&writable, 1, -1)
        } else if count == 0 || errno != EINTR {
            let reason = count == 0 ? "it takes no more" : String(cString: strerror(errno))
            throw HandoverFailure("writing to descriptor \(descriptor): \(reason)")
        }
    }
}
