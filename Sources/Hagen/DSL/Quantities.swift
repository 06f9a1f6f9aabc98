extension Duration {
    public static func minutes(_ count: Int) -> Duration { .seconds(60 * count) }
    public static func hours(_ count: Int) -> Duration { .seconds(3_600 * count) }
    public static func days(_ count: Int) -> Duration { .seconds(86_400 * count) }
}

extension Ratio {
    /// A share in hundredths: `.percent(99.99)`.
    public static func percent(_ percent: Double) -> Ratio { Ratio(percent: percent) }
}

extension ByteCount {
    public static func bytes(_ count: Int64) -> ByteCount { ByteCount(bytes: count) }
    public static func mebibytes(_ count: Int64) -> ByteCount { ByteCount(bytes: count << 20) }
    public static func gibibytes(_ count: Int64) -> ByteCount { ByteCount(bytes: count << 30) }
    public static func megabytes(_ count: Int64) -> ByteCount { ByteCount(bytes: count * 1_000_000) }
    public static func gigabytes(_ count: Int64) -> ByteCount { ByteCount(bytes: count * 1_000_000_000) }
}

extension Credential {
    /// The name of a secret whose value is kept elsewhere: `tls: .credential("web-pem")`.
    public static func credential(_ name: String) -> Credential { Credential(name: name) }
}
