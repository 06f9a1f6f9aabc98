internal import Foundation
package import Hagen

/// A topology written in Swift: a package whose one executable hands its model over when `hagen` runs it.
///
/// The model comes through a pipe and not through standard output, so that a topology may print what it likes.
package struct TopologyPackage: Sendable {
    package let folder: String
    private let environment: [String: String]
    private let limits: Limits

    /// What a topology may take at most; a model of ten thousand hosts has less than 10 MiB.
    package struct Limits: Sendable {
        package var runTime: Duration = .seconds(30)
        package var modelBytes = 32 << 20
        package init() {}
    }

    package init(folder: String, environment: [String: String], limits: Limits = Limits()) {
        self.folder = folder
        self.environment = environment
        self.limits = limits
    }

    /// Builds the package, runs its executable and reads the model.
    ///
    /// The compiler's own words go to standard error as they are; so does everything that the topology prints.
    /// - Throws: `DeployError` that says which of the steps failed.
    package func load() async throws -> Topology {
        let swift = try findSwift()
        let product = try await executableProduct(swift)
        let built = try await run(
            swift, ["build", "--package-path", folder, "--product", product], descriptors: [1: STDERR_FILENO])
        guard built == .exited(0) else {
            throw DeployError(
                "the topology in '\(folder)' does not build", advice: "The compiler's messages stand above.")
        }
        let bin = try await output(swift, ["build", "--package-path", folder, "--show-bin-path"])
        let folderOfProducts = String(decoding: bin, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return try await model(of: folderOfProducts + "/" + product)
    }

    private func findSwift() throws -> String {
        guard let path = Executables.find("swift", environment: environment) else {
            throw DeployError(
                "a topology in Swift needs the Swift toolchain, and 'swift' is not in PATH",
                advice: "Install Swift 6.3 from https://www.swift.org/install, or write the topology in YAML.")
        }
        return path
    }

    // MARK: - Which product

    private struct Description: Decodable {
        struct Product: Decodable {
            var name: String
            var type: [String: JSONAnything?]
        }
        var products: [Product]
    }

    /// Stands for what is not looked at.
    private struct JSONAnything: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    private func executableProduct(_ swift: String) async throws -> String {
        let text = try await output(swift, ["package", "--package-path", folder, "describe", "--type", "json"])
        let description: Description
        do {
            description = try JSONDecoder().decode(Description.self, from: Data(text))
        } catch {
            throw DeployError("cannot understand what 'swift package describe' says of '\(folder)': \(error)")
        }
        let names = description.products.filter { $0.type.keys.contains("executable") }.map(\.name).sorted()
        guard names.count <= 1 else {
            throw DeployError(
                "the package in '\(folder)' has several executables: \(names.joined(separator: ", "))",
                advice: "A topology's package has one; move the others into a package of their own.")
        }
        guard let name = names.first else {
            throw DeployError(
                "the package in '\(folder)' has no executable",
                advice: "A topology is an executable target with '@main struct …: Infrastructure'; "
                    + "'hagen init --swift' makes one.")
        }
        return name
    }

    // MARK: - The model

    private func model(of executable: String) async throws -> Topology {
        let ends = try SystemCalls.pipe()
        var environment = environment
        environment["HAGEN_MODEL_FD"] = "3"
        environment["HAGEN_PACKAGE_ROOT"] = folder + "/"
        let child: ChildProcess
        do {
            defer { _ = close(ends.write) }
            child = try ChildProcess(
                ChildProcess.Specification(
                    executable: executable, arguments: [], environment: environment, folder: folder,
                    descriptors: [1: STDERR_FILENO, 2: STDERR_FILENO, 3: ends.write], ownSession: false))
        } catch {
            _ = close(ends.read)
            throw error
        }
        let (bytes, ending, isLate) = await finish(child, readingFrom: ends.read)
        guard !isLate else {
            throw DeployError("the topology in '\(folder)' did not end within \(limits.runTime.text)")
        }
        // Before its exit: a program that may not go on writing ends by the signal of a broken pipe.
        guard let bytes, bytes.count <= limits.modelBytes else {
            throw DeployError("the topology in '\(folder)' handed over more than \(limits.modelBytes >> 20) MiB")
        }
        guard ending == .exited(0) else { throw DeployError("the topology in '\(folder)' \(ending)") }
        guard !bytes.isEmpty else {
            throw DeployError(
                "the program of '\(folder)' handed over no topology",
                advice: "Its main type must conform to Infrastructure and be marked with @main.")
        }
        do {
            return try JSONDecoder().decode(Topology.self, from: Data(bytes))
        } catch let mismatch as Topology.VersionMismatch {
            throw DeployError("\(mismatch)")
        } catch {
            throw DeployError(
                "cannot read the model of '\(folder)': \(error)",
                advice: "Let its Package.swift name the version of Hagen that this hagen has ('hagen --version').")
        }
    }

    /// Reads what comes until the child has closed the pipe, or too much came, and kills a child that runs too long.
    private func finish(
        _ child: ChildProcess, readingFrom descriptor: Int32
    ) async -> (bytes: [UInt8]?, ending: ChildProcess.Ending, isLate: Bool) {
        let deadline = ContinuousClock.now + limits.runTime
        let limit = limits.modelBytes + 1
        async let bytes = SystemCalls.blocking {
            // Closed at once, so that a child that still writes hears of it.
            defer { _ = close(descriptor) }
            return SystemCalls.contents(of: descriptor, limit: limit, until: deadline)
        }
        let isLate = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await child.waitForEnd()
                return false
            }
            group.addTask {
                do { try await Task.sleep(until: deadline) } catch { return false }
                child.send(signal: SIGKILL)
                return true
            }
            var isLate = false
            for await wasKilled in group {
                isLate = isLate || wasKilled
                group.cancelAll()
            }
            return isLate
        }
        return ((try? await bytes) ?? nil, child.reap(), isLate)
    }

    // MARK: - Tools

    private func run(
        _ executable: String, _ arguments: [String], descriptors: [Int32: Int32]
    ) async throws -> ChildProcess.Ending {
        var all: [Int32: Int32] = [2: STDERR_FILENO]
        all.merge(descriptors) { $1 }
        let child = try ChildProcess(
            ChildProcess.Specification(
                executable: executable, arguments: arguments, environment: environment, folder: folder,
                descriptors: all, ownSession: false))
        await child.waitForEnd()
        return child.reap()
    }

    /// What a tool of the toolchain prints; its complaints go to standard error.
    private func output(_ executable: String, _ arguments: [String]) async throws -> [UInt8] {
        let ends = try SystemCalls.pipe()
        async let bytes = SystemCalls.blocking {
            defer { _ = close(ends.read) }
            return SystemCalls.contents(of: ends.read, limit: 64 << 20)
        }
        let ending: ChildProcess.Ending
        do {
            defer { _ = close(ends.write) }
            ending = try await run(executable, arguments, descriptors: [1: ends.write])
        }
        guard ending == .exited(0), let output = try await bytes else {
            let words = (["swift"] + arguments).joined(separator: " ")
            throw DeployError("'\(words)' \(ending)", advice: "Its messages stand above.")
        }
        return output
    }
}
