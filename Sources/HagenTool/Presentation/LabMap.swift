internal import Hagen

/// Where the parts of a lab are to be found: what `hagen up` prints once everything is ready.
struct LabMap {
    private let release: Release
    init(_ release: Release) { self.release = release }

    var text: String {
        let width = (release.hosts.map(\.name.count).max() ?? 0) + 2
        func padded(_ name: String) -> String { name + String(repeating: " ", count: max(width - name.count, 1)) }
        var lines = ["Hosts"]
        lines += release.hosts.map { "  \(padded($0.name))\($0.address)  zone \($0.zone)" }
        var urls: [(balancer: String, url: String)] = []
        for host in release.hosts {
            for listener in host.balancer?.listeners ?? [] {
                urls += listener.listen.map { (listener.name, "\(listener.wireProtocol.rawValue)://\($0)") }
            }
        }
        for (index, balancer) in Set(urls.map(\.balancer)).sorted().enumerated() {
            if index == 0 { lines.append("Balancers") }
            let own = urls.filter { $0.balancer == balancer }.map(\.url)
            lines.append("  \(balancer)  " + own.joined(separator: "  "))
        }
        let metrics = release.hosts.compactMap { $0.monitor?.listen }
        if !metrics.isEmpty {
            lines.append("Metrics")
            lines += metrics.map { "  http://\($0)/metrics" }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
