internal import FoundationEssentials
internal import Glibc
internal import Hagen

/// A script of the OCF resource agent API, version 1.1, and how it is called.
struct ResourceAgentScript: Equatable, Sendable {
    enum Action: String, Sendable {
        case start, stop, monitor
        case metadata = "meta-data"
        case validate = "validate-all"
    }
    /// Debian's place for agents and what they share.
    static let root = "/usr/lib/ocf"
    /// Where agents keep what must not outlive a restart of the host.
    static let temporaryFolder = "/run/resource-agents"

    let path: String
    private let base: [String: String]

    /// - Parameters:
    ///   - environment: what the script gets besides the API's variables; `OCF_ROOT` in it says where agents lie.
    ///   - instance: the name of the resource.
    /// - Throws: in words, where there is no such agent on this host.
    init(
        _ agent: FailoverConfiguration.Workload.ResourceAgent, instance: String, environment: [String: String]
    ) throws(EngineFailure) {
        let words = agent.name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 3, words[0] == "ocf", !words.contains(where: { $0.isEmpty || $0.contains("/") }),
            !words.contains("."), !words.contains("..")
        else {
            throw EngineFailure("'\(agent.name)' names no resource agent: write 'ocf:PROVIDER:TYPE'")
        }
        let root = environment["OCF_ROOT"] ?? Self.root
        path = "\(root)/resource.d/\(words[1])/\(words[2])"
        guard access(path, X_OK) == 0 else {
            throw EngineFailure("there is no resource agent at '\(path)': \(systemMessage(errno))")
        }
        var base = environment.filter { !$0.key.hasPrefix("OCF_") }
        base["PATH"] = environment["PATH"].map { "\($0):/usr/sbin:/sbin" } ?? SupervisedAction.searchPath
        base["OCF_ROOT"] = root
        base["OCF_RA_VERSION_MAJOR"] = "1"
        base["OCF_RA_VERSION_MINOR"] = "1"
        base["OCF_RESOURCE_INSTANCE"] = instance
        base["OCF_RESOURCE_PROVIDER"] = words[1]
        base["OCF_RESOURCE_TYPE"] = words[2]
        base["HA_RSCTMP"] = environment["HA_RSCTMP"] ?? Self.temporaryFolder
        base["OCF_RESKEY_CRM_meta_on_node"] = environment["HAGEN_HOST"]
        for (name, value) in agent.parameters { base["OCF_RESKEY_\(name)"] = value }
        self.base = base
    }

    /// - Parameter interval: between two calls of a monitor; zero for one that stands alone (a probe).
    func environment(_ action: Action, timeout: Duration, interval: Duration = .zero) -> [String: String] {
        var environment = base
        environment["OCF_RESKEY_CRM_meta_name"] = action.rawValue
        environment["OCF_RESKEY_CRM_meta_timeout"] = String(timeout.nanoseconds / 1_000_000)
        environment["OCF_RESKEY_CRM_meta_interval"] = String(interval.nanoseconds / 1_000_000)
        if action == .monitor { environment["OCF_CHECK_LEVEL"] = "0" }
        return environment
    }

    /// The folder is made at boot by systemd-tmpfiles, which not every host runs.
    func prepare() {
        if base["HA_RSCTMP"] == Self.temporaryFolder { mkdir(Self.temporaryFolder, 0o755) }
    }
}

/// What an agent's exit code means.
enum ResourceAgentCode {
    static let notRunning: Int32 = 7
    static let notInstalled: Int32 = 5

    /// Whether a monitor that exits so says that the resource works: as it is, promoted, or degraded.
    static func isRunning(_ code: Int32) -> Bool { [0, 8, 190, 191].contains(code) }

    static func words(_ code: Int32) -> String {
        switch code {
        case 0: "success (0)"
        case 1: "an error without a name (1); its words are in the workload's log"
        case 2: "a parameter is wrong on this host (2)"
        case 3: "the action is not implemented (3)"
        case 4: "not enough rights (4)"
        case 5: "something that it needs is not installed on this host (5)"
        case 6: "a parameter is wrong on every host (6)"
        case 7: "not running (7)"
        case 8: "running as the promoted one (8)"
        case 9: "failed as the promoted one (9)"
        case 190: "running, degraded: it is likely to fail soon (190)"
        case 191: "running as the promoted one, degraded: it is likely to fail soon (191)"
        default: "exit code \(code), which the resource agent API does not know"
        }
    }

    static func words(_ outcome: SupervisedAction.Outcome) -> String {
        outcome.exitCode.map(words) ?? outcome.ending
    }
}

/// The times that an agent advises for its actions: the `action` elements of its meta-data.
struct ResourceAgentTimes: Equatable, Sendable {
    private var timeouts: [String: Duration] = [:]
    private var interval: Duration?

    init() {}

    /// What cannot be read is passed over: it is advice.
    init(metadata: String) {
        var rest = metadata[...]
        // What stands in a comment is no advice.
        while let begin = rest.firstRange(of: "<!--") {
            let end = rest[begin.upperBound...].firstRange(of: "-->")?.upperBound ?? rest.endIndex
            rest.removeSubrange(begin.lowerBound..<end)
        }
        while let begin = rest.firstRange(of: "<action"), let end = rest[begin.upperBound...].firstIndex(of: ">") {
            let element = rest[begin.upperBound..<end]
            rest = rest[end...]
            guard element.first?.isWhitespace ?? false, let name = Self.attribute("name", of: element) else { continue }
            if let timeout = Self.attribute("timeout", of: element).flatMap(Self.duration),
                timeouts[name] == nil
            {
                timeouts[name] = timeout
            }
            // A plain monitor, not one of a role or of a deeper check.
            if name == "monitor", Self.attribute("role", of: element) == nil, interval == nil {
                interval = Self.attribute("interval", of: element).flatMap(Self.duration)
            }
        }
    }

    /// Between two monitors: 1 to 60 s.
    var monitorInterval: Duration { min(max(interval ?? .seconds(10), .seconds(1)), .seconds(60)) }

    /// 1 s to an hour.
    func timeout(_ action: ResourceAgentScript.Action) -> Duration {
        min(max(timeouts[action.rawValue] ?? .seconds(20), .seconds(1)), .seconds(3600))
    }

    private static func attribute(_ name: String, of element: Substring) -> String? {
        var rest = element
        while let found = rest.firstRange(of: name) {
            let before = found.lowerBound == rest.startIndex ? " " : rest[rest.index(before: found.lowerBound)]
            let after = rest[found.upperBound...].drop { $0.isWhitespace }
            rest = rest[found.upperBound...]
            guard before.isWhitespace, after.first == "=" else { continue }
            let value = after.dropFirst().drop { $0.isWhitespace }
            guard let quote = value.first, quote == "\"" || quote == "'",
                let end = value.dropFirst().firstIndex(of: quote)
            else { return nil }
            return String(value.dropFirst()[..<end])
        }
        return nil
    }

    /// `20`, `20s`, `500ms`, `2min` or `1h`; a bare number counts seconds.
    static func duration(_ text: String) -> Duration? {
        let trimmed = text.filter { !$0.isWhitespace }
        let digits = trimmed.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits), number <= 1_000_000_000 else { return nil }
        switch trimmed.dropFirst(digits.count) {
        case "", "s", "sec": return .seconds(number)
        case "ms", "msec": return .milliseconds(number)
        case "m", "min": return .seconds(number * 60)
        case "h", "hr": return .seconds(number * 3600)
        default: return nil
        }
    }
}
