package import Hagen

/// `hosts/HOST/etc/systemd/system`: `hagen.target`, a service for each engine of the host, and a drop-in for each unit that is
/// a workload. Only for declared hosts:
/// the lab has no systemd.
///
/// Enabling the target is all that an operator does; it wants the services, and stopping it stops them.
package enum SystemdUnitEmitter {
    package static func files(_ release: Release) -> [OutputFile] {
        guard release.placement == .declared else { return [] }
        return release.hosts.flatMap { host -> [OutputFile] in
            let services = services(of: host)
            guard !services.isEmpty else { return [] }
            let target = target(release: release.name, host: host.name, services: services.map(\.name))
            let others = host.etcd == nil ? [] : [(EtcdUnit.debianDropIn, EtcdUnit.debianUnit)]
            let dropIns = (host.failover.map(UnitDropIn.all) ?? []).map { ("\($0.unit).d/hagen.conf", $0.file) }
            let units = [("hagen.target", target)] + services.map { ($0.name, $0.unit) } + others + dropIns
            return units.map { name, unit in
                OutputFile(path: "hosts/\(host.name)/etc/systemd/system/\(name)", contents: text(of: unit, name: name))
            }
        }
    }

    private static func services(of host: Release.HostPart) -> [(name: String, unit: UnitFile)] {
        [
            host.coordinator.map { ("hagen-coordinator.service", CoordinatorUnit.unit($0)) },
            host.etcd.map { (EtcdUnit.name, EtcdUnit.unit($0)) },
            host.failover.map { ("hagen-failover.service", FailoverUnit.unit($0)) },
            host.balancer.map { ("hagen-balancer.service", BalancerUnit.unit($0)) },
            host.monitor.map { ("hagen-monitor.service", MonitorUnit.unit($0)) },
        ].compactMap(\.self)
    }

    private static func target(release: String, host: String, services: [String]) -> UnitFile {
        UnitFile(sections: [
            .init(
                name: "Unit",
                settings: [
                    .init("Description", .text("Hagen: host \(host) of topology \(release)")),
                    .init("Wants", .words(services)),
                    .init("After", .words(services)),
                ]),
            .init(name: "Install", settings: [.init("WantedBy", .words(["multi-user.target"]))]),
        ])
    }

    private static func text(of unit: UnitFile, name: String) -> String {
        do {
            return try unit.text()
        } catch {
            preconditionFailure("\(name) cannot be written, a rule should have refused the name in it: \(error)")
        }
    }
}
