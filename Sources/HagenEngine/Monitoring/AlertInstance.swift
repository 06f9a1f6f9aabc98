package import PromQL

/// One series for which an alert's condition holds, or held until just now.
package struct AlertInstance: Equatable, Sendable {
    package enum State: String, Equatable, Sendable { case pending, firing }

    /// The series' labels without its metric, the alert's own, and `alertname`.
    package var labels: Labels
    /// With the forms of `AnnotationTemplate` filled in.
    package var annotations: [String: String]
    /// The series' value when the condition last held.
    package var value: Double
    /// Since when the condition has held.
    package var activeAt: ContinuousClock.Instant
    /// Since when it has been firing; `nil` while pending.
    package var firedAt: ContinuousClock.Instant?
    /// When it stopped firing; `nil` until then.
    package var resolvedAt: ContinuousClock.Instant?

    package init(
        labels: Labels, annotations: [String: String], value: Double, activeAt: ContinuousClock.Instant,
        firedAt: ContinuousClock.Instant? = nil, resolvedAt: ContinuousClock.Instant? = nil
    ) {
        self.labels = labels
        self.annotations = annotations
        self.value = value
        self.activeAt = activeAt
        self.firedAt = firedAt
        self.resolvedAt = resolvedAt
    }

    package var state: State { firedAt == nil ? .pending : .firing }
}

extension Labels {
    /// The label that holds an alert's name.
    package static let alertName = "alertname"

    /// 16 hexadecimal digits that tell label sets apart: FNV-1a over names and values, each ended by 0xFF, as in
    /// Prometheus' `LabelSet.Fingerprint`.
    package var fingerprint: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for label in sorted {
            for text in [label.name, label.value] {
                text.utf8.forEach(add)
                add(0xFF)
            }
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
