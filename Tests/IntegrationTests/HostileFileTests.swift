import Foundation
import Testing

extension BuiltCommands {
    /// Whatever file `hagen validate` is given, it ends soon, in little memory, and says what is wrong.
    @Suite(.timeLimit(.minutes(5))) struct HostileFileTests {
        private let folder: TestFolder
        init() throws { folder = try TestFolder() }

        private struct Measured {
            var status: Int32
            var text: String
            var processorSeconds: Double
            var largestMemory: Int
        }

        /// Starts the command below a parent that measures it: what this process has started before counts for nothing.
        private func validate(_ name: String) async throws -> Measured {
            let script = """
                import os, subprocess, sys
                process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
                print("measured", process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)
                """
            let result = try await Program.run(
                executable: "/usr/bin/python3",
                ["-c", script, Program.path(of: "hagen"), "validate", name], folder: folder)
            let lines = result.output.split(separator: "\n")
            let words = try #require(lines.last { $0.hasPrefix("measured ") }, "\(result)").split(separator: " ")
            return Measured(
                status: try #require(Int32(words[1])), text: result.output + result.errors,
                processorSeconds: try #require(Double(words[2])), largestMemory: try #require(Int(words[3])))
        }

        /// Limits of a build for debugging; `Tests/Benchmarks/validate` has those of one for release.
        private func expectRefusal(_ name: String, _ words: String...) async throws {
            let result = try await validate(name)
            #expect(result.status == 1, "\(name): \(result.text.prefix(2000))")
            for word in words { #expect(result.text.contains(word), "\(name): \(result.text.prefix(2000))") }
            #expect(result.text.utf8.count < 2_000_000, "\(name)")
            #expect(result.processorSeconds < 20, "\(name)")
            #expect(result.largestMemory < 400_000_000, "\(name): \(result.largestMemory)")
        }

        private static let head = "apiVersion: hagen/v1\nname: shop\nhosts:\n  a1: {address: 10.0.0.11/24, zone: a}\n"

        @Test("A file of 50 MB is refused unread, whatever it holds")
        func largeFiles() async throws {
            let comment = "# " + String(repeating: "x", count: 97) + "\n"
            try folder.write(Self.head + String(repeating: comment, count: 500_000), to: "comments.yaml")
            try await expectRefusal("comments.yaml", "HG0005", "16777216")
            try folder.write(String(repeating: "\n", count: 50_000_000), to: "lines.yaml")
            try await expectRefusal("lines.yaml", "HG0005")
            try folder.write(Self.head + "x-a: " + String(repeating: "a", count: 50_000_000), to: "scalar.yaml")
            try await expectRefusal("scalar.yaml", "HG0005")
        }

        @Test("10,000 levels are refused at the hundred-and-first")
        func nesting() async throws {
            try folder.write(Self.head + "x-a: " + String(repeating: "[", count: 10_000), to: "flow.yaml")
            try await expectRefusal("flow.yaml", "HG0005", "100 levels")
            let block = (0..<5_000).map { String(repeating: " ", count: $0) + "- \n" }.joined()
            try folder.write(Self.head + "x-a:\n" + block, to: "block.yaml")
            try await expectRefusal("block.yaml", "HG0005")
        }

        @Test("A million keys, and a line of 10 MB, take bounded time")
        func manyKeys() async throws {
            let keys = (0..<1_000_000).map { "k\($0): 1\n" }.joined()
            try folder.write(Self.head + keys, to: "keys.yaml")
            try await expectRefusal("keys.yaml", "HG0005")
            let line = (0..<600_000).map { "k\($0): 1" }.joined(separator: ", ")
            try folder.write(Self.head + "labels: {" + line + "}\n", to: "line.yaml")
            try await expectRefusal("line.yaml", "HG00")
        }

        @Test("What is no text is said to be none")
        func noText() async throws {
            try Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }).write(
                to: folder.url.appending(path: "binary.yaml"))
            try await expectRefusal("binary.yaml", "HG0003")
            try Data([0xFF, 0xFE, 0x61, 0]).write(to: folder.url.appending(path: "utf16.yaml"))
            try await expectRefusal("utf16.yaml", "UTF-16")
            try folder.write("", to: "empty.yaml")
            try await expectRefusal("empty.yaml", "HG0004")
        }

        @Test("A pipe, a folder, a device and a file that nobody may read are named as what they are")
        func noFile() async throws {
            #expect(mkfifo(folder.path + "/pipe.yaml", 0o600) == 0)
            try await expectRefusal("pipe.yaml", "is a pipe")
            try FileManager.default.createDirectory(
                at: folder.url.appending(path: "folder.yaml"), withIntermediateDirectories: false)
            try await expectRefusal("folder.yaml", "neither a topology.yaml nor a Package.swift")
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/zero.yaml", withDestinationPath: "/dev/zero")
            try await expectRefusal("zero.yaml", "is a device")
            try FileManager.default.createSymbolicLink(atPath: folder.path + "/none.yaml", withDestinationPath: "none")
            try await expectRefusal("none.yaml", "there is no")
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/loop.yaml", withDestinationPath: "loop.yaml")
            try await expectRefusal("loop.yaml", "there is no")
            try folder.write(Self.head, to: "secret.yaml")
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: folder.path + "/secret.yaml")
            // For root every file is one that it may read.
            if geteuid() != 0 { try await expectRefusal("secret.yaml", "cannot be read") }
        }
    }
}
