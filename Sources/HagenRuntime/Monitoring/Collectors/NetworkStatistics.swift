/// `/proc/net/dev`: traffic and faults of each network device. Source: proc(5).
package enum NetworkStatistics {
    private static let columns = [
        "receive_bytes", "receive_packets", "receive_errs", "receive_drop", "receive_fifo", "receive_frame",
        "receive_compressed", "receive_multicast", "transmit_bytes", "transmit_packets", "transmit_errs",
        "transmit_drop", "transmit_fifo", "transmit_colls", "transmit_carrier", "transmit_compressed",
    ]

    package static func collect(_ text: String, into samples: inout SampleList) {
        for line in text.split(separator: "\n") {
            // The two lines of headings have no colon. A device's name may contain one (an old alias), its numbers do not.
            guard let colon = line.lastIndex(of: ":") else { continue }
            let device = String(line[..<colon].drop { $0 == " " })
            let values = line[line.index(after: colon)...].split(separator: " ")
            guard !device.isEmpty, values.count == columns.count else { continue }
            for (column, word) in zip(columns, values) {
                guard let value = Double(word) else { continue }
                samples.add("node_network_\(column)_total", value, ["device": device])
            }
        }
    }
}
