import Foundation
import Hagen
import HagenEngine
import Testing

@testable import HagenRuntime

/// Goal: what goes to the kernel and onto the wire is, byte by byte, what the protocols say.
@Suite struct NetworkMessageTests {
    private let own: [UInt8] = [2, 0, 0, 0, 0, 1]

    /// RFC 826 and RFC 5227.
    @Test func arpFrames() throws {
        let frame = AnnouncementFrame(address: try #require(IPAddress("10.0.0.80")), hardwareAddress: own)
        let header = [UInt8](repeating: 0xFF, count: 6) + own + [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0]
        let address: [UInt8] = [10, 0, 0, 80]
        #expect(
            frame.announcements == [
                header + [1] + own + address + [0, 0, 0, 0, 0, 0] + address,
                header + [2] + own + address + own + address,
            ])
        #expect(frame.probe == header + [1] + own + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + address)
        #expect(AnnouncementFrame.claimant(in: frame.announcements[0][...]) == own)
    }

    /// RFC 4861; the checksum over all of it is 0 where it is right.
    @Test func neighbourFrames() throws {
        let frame = AnnouncementFrame(address: try #require(IPAddress("fd00::12:3456")), hardwareAddress: own)
        let announcement = try #require(frame.announcements.first)
        #expect(frame.announcements.count == 1)
        #expect(announcement.count == 14 + 40 + 32)
        #expect(Array(announcement[..<12]) == [0x33, 0x33, 0, 0, 0, 1] + own)
        #expect(announcement[21] == 255)
        #expect(announcement[58] == 0x20)
        #expect(Array(announcement[22..<38]) == frame.address.bytes)
        #expect(Array(announcement[62..<78]) == frame.address.bytes)
        #expect(Array(announcement[78...]) == [2, 1] + own)
        let probe = frame.probe
        #expect(Array(probe[..<6]) == [0x33, 0x33, 0xFF, 0x12, 0x34, 0x56])
        #expect(Array(probe[22..<38]) == [UInt8](repeating: 0, count: 16))
        for frame in [announcement, probe] {
            let body = Array(frame[54...])
            let pseudo = Array(frame[22..<54]) + [0, 0, 0, UInt8(body.count), 0, 0, 0, 58]
            #expect(AnnouncementFrame.checksum(pseudo + body) == 0)
        }
    }

    /// Lengths, padding and nesting as netlink(7) has them; what is read is what was written.
    @Test func netlinkMessages() throws {
        var message = NetlinkMessage(type: 20, flags: NetlinkMessage.Flag.acknowledge)
        message.append(UInt32(7))
        message.attribute(1, [1, 2, 3, 4, 5])
        message.nested(2) { $0.attribute(3, number: UInt16(0x0102).bigEndian) }
        let bytes = message.finished(sequence: 9)
        #expect(bytes.count == 16 + 4 + 12 + 12)
        let reply = try #require(NetlinkReply.all(in: bytes[...]).first)
        #expect(reply.type == 20)
        #expect(reply.sequence == 9)
        let attributes = reply.attributes(after: 4)
        #expect(attributes.map(\.kind) == [1, 2])
        #expect(Array(attributes[0].content) == [1, 2, 3, 4, 5])
        #expect(Array(attributes[1].content) == [6, 0, 3, 0, 1, 2, 0, 0])
    }

    /// A torn or absurd datagram ends the list, and nothing is read past it.
    @Test func tornMessagesAreLeftOut() {
        var message = NetlinkMessage(type: 20, flags: 0)
        message.attribute(1, [1, 2, 3, 4])
        let whole = message.finished(sequence: 1)
        for count in 0..<whole.count { #expect(NetlinkReply.all(in: whole[..<count]).isEmpty) }
        #expect(NetlinkReply.all(in: (whole + [0, 0, 0, 0])[...]).count == 1)
        #expect(NetlinkReply.all(in: [0xFF, 0xFF, 0xFF, 0xFF] + whole[4...]).isEmpty)
        let reply = NetlinkReply(type: 1, sequence: 1, payload: [3, 0, 1, 0, 9, 0, 1, 0][...])
        #expect(reply.attributes(after: 0).isEmpty)
        #expect(reply.attributes(after: 99).isEmpty)
    }

    /// A supervisor that comes after a killed one reads the same as that one wrote.
    @Test func recordSurvives() throws {
        let directory = try TemporaryDirectory()
        let path = NetworkRecord.path(besides: directory.path + "/s.sock")
        #expect(try NetworkRecord.read(path) == nil)
        let record = NetworkRecord(
            addresses: [
                FailoverConfiguration.VirtualAddress(
                    address: try #require(IPAddress("fd00::1")), prefixLength: 128, interface: "eth0")
            ], permitPort: 5432)
        try record.write(path)
        #expect(try NetworkRecord.read(path) == record)
        _ = try directory.file("s.sock.network", "half")
        #expect(throws: EngineFailure.self) { try NetworkRecord.read(path) }
    }
}
