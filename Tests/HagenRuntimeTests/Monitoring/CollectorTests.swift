import PromQL
import Testing

@testable import HagenRuntime

/// Goal: what /proc says becomes node_exporter's metrics with its names, labels and units; lines that are not as they
/// should be are left out and harm no other.
@Suite struct CollectorTests {
    private func lines(_ collect: (inout SampleList) -> Void) -> [String] {
        var samples = SampleList(instance: "h")
        collect(&samples)
        return samples.samples.map { sample in
            var labels = sample.labels
            #expect(labels["instance"] == "h")
            labels["instance"] = nil
            return "\(labels) \(formatted(sample.value))"
        }
    }

    @Test func processors() {
        let text = """
            cpu  30 0 0 0 0 0 0 0 0 0
            cpu0 100 200 300 400 500 600 700 800 900 1000
            cpu12 1 2 3
            cpu3 x 5
            cpux 1 2 3
            intr 1234 5 6 7 8 9 10 11 12 13 14 15 16 17 18
            ctxt 99
            btime 1700000000
            processes 7
            procs_running 2
            procs_blocked
            softirq 1 2
            """
        #expect(
            lines { ProcessorStatistics.collect(text, ticksPerSecond: 100, into: &$0) } == [
                "node_cpu_seconds_total{cpu=\"0\",mode=\"user\"} 1",
                "node_cpu_seconds_total{cpu=\"0\",mode=\"nice\"} 2",
                "node_cpu_seconds_total{cpu=\"0\",mode=\"system\"} 3",
                "node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"} 4",
                "node_cpu_seconds_total{cpu=\"0\",mode=\"iowait\"} 5",
                "node_cpu_seconds_total{cpu=\"0\",mode=\"irq\"} 6",
                "node_cpu_seconds_total{cpu=\"0\",mode=\"softirq\"} 7",
                "node_cpu_seconds_total{cpu=\"0\",mode=\"steal\"} 8",
                "node_cpu_guest_seconds_total{cpu=\"0\",mode=\"user\"} 9",
                "node_cpu_guest_seconds_total{cpu=\"0\",mode=\"nice\"} 10",
                "node_cpu_seconds_total{cpu=\"12\",mode=\"user\"} 0.01",
                "node_cpu_seconds_total{cpu=\"12\",mode=\"nice\"} 0.02",
                "node_cpu_seconds_total{cpu=\"12\",mode=\"system\"} 0.03",
                "node_cpu_seconds_total{cpu=\"3\",mode=\"nice\"} 0.05",
                "node_intr_total 1234", "node_context_switches_total 99", "node_boot_time_seconds 1700000000",
                "node_forks_total 7", "node_procs_running 2",
            ])
    }

    @Test func memory() {
        let text = """
            MemTotal:       24684084 kB
            Active(anon):         12 kB
            HugePages_Total:       3
            Odd:                   4 MB
            Bad name:              5 kB
            Empty:
            no colon
            """
        #expect(
            lines { MemoryStatistics.collect(text, into: &$0) } == [
                "node_memory_MemTotal_bytes 25276502016", "node_memory_Active_anon_bytes 12288",
                "node_memory_HugePages_Total 3",
            ])
    }

    @Test func loadAndPressure() {
        #expect(
            lines { LoadAverages.collect("0.50 1.25 2.00 3/456 789\n", into: &$0) } == [
                "node_load1 0.5", "node_load5 1.25", "node_load15 2",
            ])
        #expect(lines { LoadAverages.collect("", into: &$0) } == [])
        let text = """
            some avg10=18.09 avg60=22.59 avg300=32.77 total=479696834
            full avg10=0.00 avg60=0.00 avg300=0.00 total=1500000
            none total=3
            some avg10=1

            """
        #expect(
            lines { PressureStallInformation.collect(text, resource: "io", into: &$0) } == [
                "node_pressure_io_waiting_seconds_total 479.696834", "node_pressure_io_stalled_seconds_total 1.5",
            ])
        #expect(
            lines { PressureStallInformation.collect(text, resource: "cpu", into: &$0) } == [
                "node_pressure_cpu_waiting_seconds_total 479.696834"
            ])
    }

    @Test func network() {
        let text = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo:    3193      29    0    0    0     0          0         0     3193      30    0    0    0     0       0          0
            eth0:1:36891958 895 0 1 0 0 0 0 40449 508 0 2 0 0 0 0
              bad: 1 2 3
            """
        let lines = lines { NetworkStatistics.collect(text, into: &$0) }
        #expect(lines.count == 32)
        #expect(lines[0] == "node_network_receive_bytes_total{device=\"lo\"} 3193")
        #expect(lines[9] == "node_network_transmit_packets_total{device=\"lo\"} 30")
        #expect(lines[16] == "node_network_receive_bytes_total{device=\"eth0:1\"} 36891958")
        #expect(lines[27] == "node_network_transmit_drop_total{device=\"eth0:1\"} 2")
    }

    @Test func disks() {
        let text = """
             254       0 vda 503191 148912 35242130 421324 147934 347845 34793256 229548 7 89280 660498 35600 1 10673120 8018 20694 1607
             254       1 vda1 1 1 1 1 1 1 1 1 1 1 1
               7       0 loop0 0 0 0 0 0 0 0 0 0 0 0
             253       0 zram0 0 0 0 0 0 0 0 0 0 0 0
             259       0 nvme0n1 1 0 2 3 4 0 6 7 8 9 10
             259       1 nvme0n1p1 1 0 2 3 4 0 6 7 8 9 10
             252       0 dm-0 5 0 2 3 4 0 6 7 8 9 10
               8       0 sda 1 2
            """
        let lines = lines { DiskStatistics.collect(text, into: &$0) }
        #expect(lines.count == 17 + 11 + 11)
        #expect(lines[0] == "node_disk_reads_completed_total{device=\"vda\"} 503191")
        #expect(lines[2] == "node_disk_read_bytes_total{device=\"vda\"} 18043970560")
        #expect(lines[6] == "node_disk_written_bytes_total{device=\"vda\"} 17814147072")
        #expect(lines[8] == "node_disk_io_now{device=\"vda\"} 7")
        #expect(lines[9] == "node_disk_io_time_seconds_total{device=\"vda\"} 89.28")
        #expect(lines[17] == "node_disk_reads_completed_total{device=\"nvme0n1\"} 1")
        #expect(lines[28] == "node_disk_reads_completed_total{device=\"dm-0\"} 5")
    }

    @Test func filesystems() {
        let text = #"""
            20 1 0:20 / /proc rw - proc proc rw
            21 1 0:21 / / rw,relatime - overlay overlay rw
            22 21 254:0 / /srv/with\040space\134x rw,relatime shared:1 - ext4 /dev/vda rw
            23 21 0:23 / /run rw,nosuid shared:2 master:1 - tmpfs tmpfs ro
            24 21 0:24 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
            25 21 0:25 / /sys/other rw - tmpfs tmpfs rw
            26 21 0:26 / /var/lib/docker/x rw - overlay overlay rw
            27 21 0:27 / /mnt rw - nfs4 server:/export rw
            28 21 0:28 / /media/a rw - fuse.sshfs sshfs#a rw
            29 21 254:16 / /data rw - xfs /dev/vdb rw
            30 29 254:32 / /data rw - ext4 /dev/vdc rw
            broken /x
            31 21 254:48 / /short rw shared:1 shared:2 shared:3 -
            """#
        let mounts = Filesystems.mounts(text)
        #expect(mounts.map(\.mountpoint) == ["/", "/srv/with space\\x", "/run", "/data"])
        #expect(mounts.map(\.isReadOnly) == [false, false, true, false])
        #expect(mounts.last?.device == "/dev/vdc", "the later mount hides the earlier one")

        let one = #"22 21 254:0 / /srv/with\040space rw,relatime - ext4 /dev/vda ro"#
        let usage = Filesystems.Usage(size: 100, free: 40, available: 30, files: 10, filesFree: 5)
        let labels = #"{device="/dev/vda",fstype="ext4",mountpoint="/srv/with space"}"#
        #expect(
            lines { Filesystems.collect(one, usage: { _ in usage }, into: &$0) } == [
                "node_filesystem_device_error\(labels) 0", "node_filesystem_size_bytes\(labels) 100",
                "node_filesystem_free_bytes\(labels) 40", "node_filesystem_avail_bytes\(labels) 30",
                "node_filesystem_files\(labels) 10", "node_filesystem_files_free\(labels) 5",
                "node_filesystem_readonly\(labels) 1",
            ])
        #expect(
            lines { Filesystems.collect(one, usage: { _ in nil }, into: &$0) } == [
                "node_filesystem_device_error\(labels) 1"
            ])
    }

    /// What a service with `ProtectSystem=strict` sees: everything read-only, its own folders once more, and writable.
    @Test func mountsOfAProtectedService() {
        let text = """
            100 99 254:1 / / ro,relatime master:1 - ext4 /dev/vda1 rw,errors=remount-ro
            101 100 254:1 /var/lib/hagen/monitor /var/lib/hagen/monitor rw,relatime master:1 - ext4 /dev/vda1 rw
            102 100 254:2 /backup /backup ro,relatime master:2 - xfs /dev/vda2 ro,noquota
            103 100 254:2 / /data ro,relatime master:2 - xfs /dev/vda2 ro,noquota
            """
        #expect(
            Filesystems.mounts(text) == [
                Filesystems.Mount(device: "/dev/vda1", mountpoint: "/", type: "ext4", isReadOnly: false),
                Filesystems.Mount(device: "/dev/vda2", mountpoint: "/data", type: "xfs", isReadOnly: true),
            ])
    }

    /// On the machine that runs the test, every collector finds something, and the memory adds up.
    @Test func thisHost() throws {
        var samples = SampleList(instance: "h")
        HostCollector().collect(time: 5, into: &samples)
        let values = Dictionary(
            samples.samples.map { ($0.labels.metric ?? "", $0.value) }, uniquingKeysWith: { first, _ in first })
        for metric in [
            "node_cpu_seconds_total", "node_memory_MemTotal_bytes", "node_memory_MemAvailable_bytes", "node_load1",
            "node_network_receive_bytes_total", "node_boot_time_seconds", "node_filesystem_size_bytes",
        ] {
            #expect(values[metric] != nil, "\(metric)")
        }
        #expect(values["node_time_seconds"] == 5)
        let total = try #require(values["node_memory_MemTotal_bytes"])
        let available = try #require(values["node_memory_MemAvailable_bytes"])
        #expect(available > 0 && available <= total)
        let names = samples.samples.map(\.labels)
        #expect(Set(names).count == names.count, "each series once")
    }

    /// A source that is missing says so, and the others go on.
    @Test func missingSourcesAreSaid() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.file("loadavg", "1 2 3 4/5 6\n")
        var samples = SampleList(instance: "h")
        HostCollector(procfs: directory.path).collect(time: 5, into: &samples)
        let success = samples.samples.filter { $0.labels.metric == "node_scrape_collector_success" }
        #expect(success.filter { $0.value == 1 }.map { $0.labels["collector"] } == ["loadavg"])
        #expect(success.count == 6)
        #expect(samples.samples.contains { $0.labels.metric == "node_load1" && $0.value == 1 })
    }
}
