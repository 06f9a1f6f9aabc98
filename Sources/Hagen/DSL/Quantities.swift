extension Duration {
    /// 60 seconds each.
    public static func minutes(_ count: Int) -> Duration { .seconds(60 * count) }
    /// 3,600 seconds each.
    public static func hours(_ count: Int) -> Duration { .seconds(3_600 * count) }
    /// 86,400 seconds each.
    public static func days(_ count: Int) -> Duration { .seconds(86_400 * count) }
}

extension Ratio {
    /// A share in hundredths: `.percent(99.99)`.
    public static func percent(_ percent: Double) -> Ratio { Ratio(percent: percent) }
}

extension ByteCount {
    /// One byte each.
    public static func bytes(_ count: Int64) -> ByteCount { ByteCount(bytes: count) }
    /// 2^20 bytes each.
    public static func mebibytes(_ count: Int64) -> ByteCount { ByteCount(bytes: count << 20) }
    /// 2^30 bytes each.
    public static func gibibytes(_ count: Int64) -> ByteCount { ByteCount(bytes: count << 30) }
    /// 10^6 bytes each.
    public static func megabytes(_ count: Int64) -> ByteCount { ByteCount(bytes: count * 1_000_000) }
    /// 10^9 bytes each.
    public static func gigabytes(_ count: Int64) -> ByteCount { ByteCount(bytes: count * 1_000_000_000) }
}

extension Credential {
    /// The name of a secret whose value is kept elsewhere: `tls: .credential("web-pem")`.
    public static func credential(_ name: String) -> Credential { Credential(name: name) }
}
