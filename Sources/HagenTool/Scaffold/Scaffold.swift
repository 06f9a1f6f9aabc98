internal import Hagen
internal import HagenCompiler
internal import HagenDeploy

/// The files of a new infrastructure repo: one web application on three hosts of this machine, and a balancer.
struct Scaffold {
    struct File {
        var path: String
        var contents: String
    }

    let name: String

    /// A name for the topology made of the folder's: small letters, digits and hyphens, a letter first.
    static func topologyName(from folder: String) -> String {
        let kept = folder.lowercased().unicodeScalars.map { scalar -> Character in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "-"
        }
        let name = String(kept).split(separator: "-").joined(separator: "-").drop { !$0.isLetter }
        return name.isEmpty ? "demo" : String(name.prefix(40))
    }

    var yamlFiles: [File] {
        [
            File(path: "topology.yaml", contents: yaml),
            // Editors complete and check the topology by it; see its first line.
            File(path: "hagen.schema.json", contents: TopologySchema.text),
        ] + commonFiles(source: "topology.yaml", ignored: "/release/\n")
    }

    /// - Parameter package: where the package of Hagen lies.
    func swiftFiles(package: HagenPackage) -> [File] {
        [
            File(path: "Package.swift", contents: manifest(package)),
            File(path: "Sources/Topology/Topology.swift", contents: swift),
        ] + commonFiles(source: "Sources/Topology/Topology.swift", ignored: "/release/\n/.build/\n")
    }

    private func commonFiles(source: String, ignored: String) -> [File] {
        [
            File(path: "app/web.py", contents: application),
            File(path: "README.md", contents: readme(source)),
            File(path: ".gitignore", contents: ignored),
        ]
    }

    // MARK: - Texts

    private var yaml: String {
        """
        # yaml-language-server: $schema=hagen.schema.json
        apiVersion: hagen/v1
        name: \(name)

        # Three hosts on this machine, each in a zone of its own. Give them the addresses of real ones later.
        hosts:
          alpha: {address: 127.0.0.11/8, zone: a}
          beta: {address: 127.0.0.12/8, zone: b}
          gamma: {address: 127.0.0.13/8, zone: c}

        clusters:
          web:
            kind: load-balancing
            workload: {process: {command: [python3, app/web.py], port: 8081}}
            members: [alpha, beta, gamma]
            minimumHealthy: 2

        balancers:
          web:
            on: [alpha, beta, gamma]
            protocol: http
            listen: 8080
            to: web
            check: {http: /health, every: 1s}

        """
    }

    private func manifest(_ package: HagenPackage) -> String {
        """
        // swift-tools-version: 6.2
        import PackageDescription

        let package = Package(
            name: "\(name)",
            // Without its traits, Hagen brings no other package along: a topology builds in seconds.
            dependencies: [\(package.dependency)],
            targets: [
                .executableTarget(
                    name: "Topology", dependencies: [.product(name: "HagenDSL", package: "\(package.identity)")])
            ]
        )

        """
    }

    private var swift: String {
        """
        import Hagen

        // Three hosts on this machine, each in a zone of its own. Give them the addresses of real ones later.
        extension Host {
            static let alpha = Host("alpha", address: "127.0.0.11/8", zone: Zone("a"))
            static let beta = Host("beta", address: "127.0.0.12/8", zone: Zone("b"))
            static let gamma = Host("gamma", address: "127.0.0.13/8", zone: Zone("c"))
        }

        @main
        struct Main: Infrastructure {
            let web = LoadBalancingCluster(
                "web", running: .process("python3", "app/web.py", port: 8081), on: [.alpha, .beta, .gamma],
                minimumHealthy: 2)

            var topology: Topology {
                Topology("\(name)") {
                    web
                    HTTPBalancer(
                        "web", on: [.alpha, .beta, .gamma], listen: 8080, to: web.members,
                        check: .http("/health", every: .seconds(1)))
                }
            }
        }

        """
    }

    private var application: String {
        #"""
        """A web application that says which member answered."""

        import http.server
        import os


        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                body = f"served by {os.environ['HAGEN_HOST']}\n".encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass


        address = (os.environ["HAGEN_ADDRESS"], int(os.environ["HAGEN_PORT"]))
        http.server.ThreadingHTTPServer(address, Handler).serve_forever()

        """#
    }

    private func readme(_ source: String) -> String {
        """
        # \(name)

        `\(source)` declares the whole system. With Hagen installed:

            hagen validate          # what is wrong with it
            hagen up                # run all of it on this machine, until Ctrl-C
            hagen status            # in another terminal: how it is
            hagen fault kill alpha  # lose a host, and see what happens
            hagen compile -o release

        """
    }
}
