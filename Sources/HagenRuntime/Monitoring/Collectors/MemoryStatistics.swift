/// `/proc/meminfo`: every line as `node_memory_NAME_bytes`, or `node_memory_NAME` where it has no unit. Source: proc(5).
package enum MemoryStatistics {
    package static func collect(_ text: String, into samples: inout SampleList) {
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            // `Active(anon)` is named `Active_anon`.
            let name = line[..<colon].split { $0 == "(" || $0 == ")" }.joined(separator: "_")
            let words = line[line.index(after: colon)...].split(separator: " ")
            guard name.utf8.allSatisfy(\.isWordCharacter), !name.isEmpty, let first = words.first,
                let value = Double(first)
            else { continue }
            switch words.dropFirst().first {
            case nil: samples.add("node_memory_\(name)", value)
            case "kB": samples.add("node_memory_\(name)_bytes", value * 1024)
            default: continue
            }
        }
    }
}

/// `/proc/loadavg`: the load averages of 1, 5 and 15 minutes. Source: proc(5).
package enum LoadAverages {
    package static func collect(_ text: String, into samples: inout SampleList) {
        for (metric, word) in zip(["node_load1", "node_load5", "node_load15"], text.split(separator: " ")) {
            guard let value = Double(word) else { continue }
            samples.add(metric, value)
        }
    }
}

/// `/proc/pressure/{cpu,io,memory}`: how long tasks waited for a resource. Source: the kernel's `accounting/psi`.
package enum PressureStallInformation {
    package static let resources = ["cpu", "io", "memory"]

    package static func collect(_ text: String, resource: String, into samples: inout SampleList) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let total = words.first(where: { $0.hasPrefix("total=") }),
                let microseconds = Double(total.dropFirst("total=".count))
            else { continue }
            switch words[0] {
            case "some": samples.add("node_pressure_\(resource)_waiting_seconds_total", microseconds / 1e6)
            // The whole system's cpu line of `full` is defined to be zero.
            case "full" where resource != "cpu":
                samples.add("node_pressure_\(resource)_stalled_seconds_total", microseconds / 1e6)
            default: continue
            }
        }
    }
}

extension UInt8 {
    fileprivate var isWordCharacter: Bool {
        (0x30...0x39).contains(self) || (0x61...0x7A).contains(self | 0x20) || self == UInt8(ascii: "_")
    }
}
