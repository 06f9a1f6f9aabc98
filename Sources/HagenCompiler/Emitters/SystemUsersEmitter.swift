package import Hagen

/// `hosts/HOST/usr/lib/sysusers.d/hagen.conf`: the group of the control sockets, and a user for each engine that is not
/// root.
package enum SystemUsersEmitter {
    package static func files(_ release: Release) -> [OutputFile] {
        guard release.placement == .declared else { return [] }
        return release.hosts.compactMap { host in
            let engines = host.engines.filter { $0 != .failover }
            guard !host.engines.isEmpty else { return nil }
            let lines =
                ["g \(EngineUnit.group) - -"]
                + engines.map { "u \(EngineUnit.user(of: $0)) -:\(EngineUnit.group) \"Hagen \($0.rawValue)\" - -" }
            return OutputFile(
                path: "hosts/\(host.name)/usr/lib/sysusers.d/hagen.conf",
                contents: lines.joined(separator: "\n") + "\n")
        }
    }
}

extension Release.HostPart {
    /// What runs on it, in a fixed order.
    package var engines: [Engine] {
        [
            coordinator.map { _ in Engine.coordinator }, failover.map { _ in Engine.failover },
            balancer.map { _ in Engine.balancer }, monitor.map { _ in Engine.monitor },
        ].compactMap(\.self)
    }
}
