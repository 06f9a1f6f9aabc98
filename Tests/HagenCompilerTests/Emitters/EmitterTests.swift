import Foundation
import Hagen
import HagenCompiler
import Testing

/// Goal: a release is written as files that the real tools accept, and every byte of them is intended.
struct EmitterTests {
    /// Goal: what is emitted changes only when somebody means it to.
    @Test(arguments: ["shop-declared", "shop-loopback", "single-declared", "cluster-declared", "addresses-declared"])
    func matchesTheSnapshot(name: String) throws {
        let files = Emitters.files(for: release(name))
        try Snapshot.expect(files.map(\.path).joined(separator: "\n") + "\n", matches: "Emitters/\(name)/files.txt")
        for file in files { try Snapshot.expect(file.contents, matches: "Emitters/\(name)/\(file.path)") }
    }

    /// Goal: paths are sorted, unique, inside the folder, and every text ends with a newline.
    @Test(arguments: ["shop-declared", "shop-loopback", "large-declared"]) func filesAreWellFormed(name: String) {
        let files = Emitters.files(for: release(name))
        #expect(files.map(\.path) == Set(files.map(\.path)).sorted())
        for file in files {
            #expect(!file.path.hasPrefix("/") && !file.path.split(separator: "/").contains(".."))
            #expect(file.contents.hasSuffix("\n") && !file.contents.contains("\r"))
        }
    }

    /// Goal: the drawing of a large topology stays as somebody has looked at it: readable, without overlaps.
    @Test func largeGraphMatchesTheSnapshot() throws {
        try Snapshot.expect(
            GraphEmitter.svg(TopologyOverview(release("large-declared"))), matches: "Emitters/large/graph.svg")
    }

    /// Goal: every engine can read what was written for it.
    @Test func configurationsAreReadBack() throws {
        let release = release("shop-declared")
        let files = Dictionary(
            uniqueKeysWithValues: Emitters.files(for: release).map { ($0.path, Data($0.contents.utf8)) })
        for host in release.hosts {
            let folder = "hosts/\(host.name)/etc/hagen"
            if let expected = host.failover {
                let data = try #require(files["\(folder)/failover.json"])
                #expect(try JSONDecoder().decode(FailoverConfiguration.self, from: data) == expected)
            }
            if let expected = host.balancer {
                let data = try #require(files["\(folder)/balancer.json"])
                #expect(try JSONDecoder().decode(BalancerConfiguration.self, from: data) == expected)
            }
            let data = try #require(files["\(folder)/monitor.json"])
            #expect(try JSONDecoder().decode(MonitorConfiguration.self, from: data) == host.monitor)
        }
    }

    /// Goal: the digest is that of the contents: it changes with any byte of any file, and with nothing else.
    @Test func digestIsOfTheContents() throws {
        let files = [OutputFile(path: "a", contents: "1"), OutputFile(path: "b", contents: "")]
        let digest = ReleaseManifestEmitter.digest(of: files)
        #expect(digest == ReleaseManifestEmitter.digest(of: files.reversed()))
        #expect(digest.count == "sha256:".count + 64)
        let others = [
            [OutputFile(path: "a", contents: "2"), files[1]], [OutputFile(path: "a1", contents: ""), files[1]],
            [files[0]],
        ]
        for other in others { #expect(ReleaseManifestEmitter.digest(of: other) != digest) }
        // Made with: printf '\0\0\0\0\0\0\0\1a\0\0\0\0\0\0\0\0011\0\0\0\0\0\0\0\1b\0\0\0\0\0\0\0\0' | sha256sum
        #expect(digest == "sha256:8d792d649dace668665ca2144af2648966377651fefd588cc0ec0b9731479143")
    }

    private func release(_ name: String) -> Release {
        let placement: Placement = name.hasSuffix("loopback") ? .loopback : .declared
        let topology =
            switch name.prefix(while: { $0 != "-" }) {
            case "shop": SampleTopologies.shop
            case "single": SampleTopologies.single
            case "cluster": SampleTopologies.cluster
            case "addresses": SampleTopologies.addresses
            default: SampleTopologies.large
            }
        return Lowering.lower(topology, placement: placement)
    }
}
