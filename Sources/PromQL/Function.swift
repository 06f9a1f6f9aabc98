/// What a part of an expression yields.
enum ValueType: String {
    case scalar = "a number"
    case string = "a string"
    case instantVector = "an instant vector"
    case rangeVector = "a range vector"
}

/// A function's arguments and result, so that a wrong call is told from one that is merely not evaluated yet.
/// Source: the functions of Prometheus 2.42 and 3.0, https://prometheus.io/docs/prometheus/latest/querying/functions/.
struct Function {
    var arguments: [ValueType]
    /// How many arguments, from the end, may be left out.
    var optional = 0
    /// The last argument may be repeated, or absent.
    var isVariadic = false
    var result = ValueType.instantVector

    static func named(_ name: String) -> Function? {
        if let function = special[name] { return function }
        if overVector.contains(name) { return Function(arguments: [.instantVector]) }
        if overRange.contains(name) { return Function(arguments: [.rangeVector]) }
        return nil
    }

    private static let overVector: Set<String> = [
        "abs", "absent", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "deg", "exp",
        "floor", "histogram_avg", "histogram_count", "histogram_stddev", "histogram_stdvar", "histogram_sum", "ln",
        "log10", "log2", "rad", "sgn", "sin", "sinh", "sort", "sort_desc", "sqrt", "tan", "tanh", "timestamp",
    ]

    private static let overRange: Set<String> = [
        "absent_over_time", "avg_over_time", "changes", "count_over_time", "delta", "deriv", "first_over_time",
        "idelta", "increase", "irate", "last_over_time", "mad_over_time", "max_over_time", "min_over_time",
        "present_over_time", "rate", "resets", "stddev_over_time", "stdvar_over_time", "sum_over_time",
        "ts_of_first_over_time", "ts_of_last_over_time", "ts_of_max_over_time", "ts_of_min_over_time",
    ]

    private static let special: [String: Function] = {
        let ofTime = Function(arguments: [.instantVector], optional: 1)
        let smoothing = Function(arguments: [.rangeVector, .scalar, .scalar])
        let byLabel = Function(arguments: [.instantVector, .string], isVariadic: true)
        var functions: [String: Function] = [
            "clamp": Function(arguments: [.instantVector, .scalar, .scalar]),
            "clamp_max": Function(arguments: [.instantVector, .scalar]),
            "clamp_min": Function(arguments: [.instantVector, .scalar]),
            "double_exponential_smoothing": smoothing,
            "holt_winters": smoothing,
            "histogram_fraction": Function(arguments: [.scalar, .scalar, .instantVector]),
            "histogram_quantile": Function(arguments: [.scalar, .instantVector]),
            "info": Function(arguments: [.instantVector, .instantVector], optional: 1),
            "label_join": Function(
                arguments: [.instantVector, .string, .string, .string], isVariadic: true),
            "label_replace": Function(arguments: [.instantVector, .string, .string, .string, .string]),
            "pi": Function(arguments: [], result: .scalar),
            "predict_linear": Function(arguments: [.rangeVector, .scalar]),
            "quantile_over_time": Function(arguments: [.scalar, .rangeVector]),
            "round": Function(arguments: [.instantVector, .scalar], optional: 1),
            "scalar": Function(arguments: [.instantVector], result: .scalar),
            "sort_by_label": byLabel,
            "sort_by_label_desc": byLabel,
            "time": Function(arguments: [], result: .scalar),
            "vector": Function(arguments: [.scalar]),
        ]
        for name in ["day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month", "year"] {
            functions[name] = ofTime
        }
        return functions
    }()

    /// The aggregation operators, and the type of their parameter where they have one.
    static let aggregations: [String: ValueType?] = [
        "avg": nil, "bottomk": .scalar, "count": nil, "count_values": .string, "group": nil, "limitk": .scalar,
        "limit_ratio": .scalar, "max": nil, "min": nil, "quantile": .scalar, "stddev": nil, "stdvar": nil, "sum": nil,
        "topk": .scalar,
    ]
}
