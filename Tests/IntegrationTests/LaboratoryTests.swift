import Foundation
import Testing

/// Whether the failures of real hosts are tested at all.
struct LaboratoryTests {
    /// Set where a change is judged: there nothing may be skipped.
    static let isRequired = ProcessInfo.processInfo.environment["HAGEN_LABORATORY_REQUIRED"] == "1"

    /// Who runs the tests without the privileges is told what was skipped; a green run of CI means that nothing was.
    @Test(.enabled(if: isRequired, "HAGEN_LABORATORY_REQUIRED is not 1: tests of real hosts may be skipped here"))
    func nothingHindersTheLaboratory() {
        #expect(
            FailoverLaboratory.hindrance == nil,
            "The failures of real hosts were not tested, and HAGEN_LABORATORY_REQUIRED=1 demands it. Run this as root, where namespaces and nftables are allowed, with what Tests/run installs."
        )
    }
}
