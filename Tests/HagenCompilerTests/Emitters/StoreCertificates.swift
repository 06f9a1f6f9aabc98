import Foundation
import Hagen
import Testing

/// An authority of a test's own, and a certificate that it signed for members and clients of a store on loopback.
enum StoreCertificates {
    static let program = "/usr/bin/openssl"

    /// - Parameter folder: made where it is not there; the files in it have the names that a release gives them.
    static func make(_ names: StoreAddress.TLS, in folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        func path(_ name: String) -> String { "\(folder)/\(name)" }
        try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=authority", "-keyout", path("authority.key"), "-out", path(names.authority))
        try openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=member",
            "-keyout", path(names.key), "-out", path("request"))
        // A member looks for the address that another one comes from, which on loopback is 127.0.0.1.
        let addresses = ([1] + (11...13)).map { "IP:127.0.0.\($0)" }.joined(separator: ",")
        try Data("subjectAltName=\(addresses)\nextendedKeyUsage=serverAuth,clientAuth\n".utf8).write(
            to: URL(filePath: path("extensions")))
        try openssl(
            "x509", "-req", "-in", path("request"), "-CA", path(names.authority), "-CAkey", path("authority.key"),
            "-CAcreateserial", "-days", "2", "-extfile", path("extensions"), "-out", path(names.certificate))
    }

    private static func openssl(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments.first ?? "")")
    }
}
