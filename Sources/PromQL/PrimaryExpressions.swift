extension Parser {
    /// A primary expression and the modifiers behind it: a range, an offset, an instant.
    mutating func postfix() throws(PromQLError) -> Part {
        var part = try primary()
        var hasOffset = false
        var hasInstant = false
        while true {
            let start = token.range.lowerBound
            if stands(.leftBracket) {
                part = try ranged(part, isModified: hasOffset || hasInstant)
                hasOffset = false
                hasInstant = false
            } else if keyword == "offset" {
                try advance()
                _ = try take(.minus)
                guard token.kind == .duration else {
                    throw .syntax("offset needs a duration such as 5m, found \(token.description)", token.range)
                }
                try advance()
                try modify(&part, from: start, "offset", isRepeated: hasOffset)
                hasOffset = true
                refuse(.offset, start..<previousEnd)
            } else if stands(.at) {
                try instant()
                try modify(&part, from: start, "@", isRepeated: hasInstant)
                hasInstant = true
                refuse(.at, start..<previousEnd)
            } else {
                return part
            }
        }
    }

    private func modify(
        _ part: inout Part, from start: Int, _ modifier: String, isRepeated: Bool
    ) throws(PromQLError) {
        guard part.isModifiable else {
            throw .syntax("\(modifier) belongs right behind a selector or a subquery", start..<previousEnd)
        }
        if isRepeated { throw .syntax("\(modifier) may stand once", start..<previousEnd) }
        part.range = part.range.lowerBound..<previousEnd
    }

    /// What stands behind `@`: a time in seconds, `start()` or `end()`.
    private mutating func instant() throws(PromQLError) {
        try expect(.at, "before a time")
        if try takeKeyword("start", "end") != nil {
            try expect(.leftParenthesis, "behind start or end")
            try expect(.rightParenthesis, "behind start or end")
            return
        }
        if try !take(.minus) { _ = try take(.plus) }
        guard case .number = token.kind else {
            throw .syntax("@ needs a time in seconds, start() or end(), found \(token.description)", token.range)
        }
        try advance()
    }

    /// `[5m]` makes a range selector of a selector, `[5m:1m]` a subquery of any instant vector.
    private mutating func ranged(_ part: Part, isModified: Bool) throws(PromQLError) -> Part {
        let start = token.range.lowerBound
        try expect(.leftBracket, "before a range")
        guard token.kind == .duration else {
            throw .syntax("a range needs a duration such as 5m, found \(token.description)", token.range)
        }
        try advance()
        let isSubquery = try take(.colon)
        if isSubquery, token.kind == .duration { try advance() }
        try expect(.rightBracket, "behind a range")
        let range = start..<previousEnd
        if isSubquery {
            try require(part, .instantVector, "what a subquery is made of")
            refuse(.subqueries, part.range.lowerBound..<previousEnd)
        } else {
            guard part.isModifiable, part.type == .instantVector else {
                throw .syntax("a range belongs right behind a selector", range)
            }
            if isModified { throw .syntax("a range stands before offset and @", range) }
            refuse(.rangeSelectors, part.range.lowerBound..<previousEnd)
        }
        return Part(
            type: .rangeVector, form: .other, range: part.range.lowerBound..<previousEnd, isModifiable: true)
    }

    private mutating func primary() throws(PromQLError) -> Part {
        switch token.kind {
        case .number(let number):
            return Part(type: .scalar, form: .number(number), range: try advance().range)
        case .duration:
            refuse(.durationsAsNumbers, token.range)
            return Part(type: .scalar, form: .other, range: try advance().range)
        case .string:
            return Part(type: .string, form: .other, range: try advance().range)
        case .mark(.leftBrace):
            return try selector(metric: nil, from: token.range.lowerBound)
        case .mark(.leftParenthesis):
            let start = try advance().range.lowerBound
            var part = try expression()
            try expect(.rightParenthesis, "at the end of the parentheses")
            part.range = start..<previousEnd
            part.isModifiable = false
            return part
        case .identifier(let name):
            return try named(name)
        case .mark, .end:
            throw .syntax("expected a selector or a number, found \(token.description)", token.range)
        }
    }

    /// Keywords that cannot name a metric.
    private static let reserved: Set<String> = [
        "atan2", "bool", "group_left", "group_right", "ignoring", "on",
    ]

    /// A number by name, a function's call, an aggregation or a selector.
    private mutating func named(_ name: String) throws(PromQLError) -> Part {
        let word = try advance()
        let start = word.range.lowerBound
        let lowercase = name.lowercased()
        if lowercase == "inf" { return Part(type: .scalar, form: .number(.infinity), range: word.range) }
        if lowercase == "nan" { return Part(type: .scalar, form: .number(.nan), range: word.range) }
        if let parameter = Function.aggregations[lowercase],
            stands(.leftParenthesis) || keyword == "by" || keyword == "without"
        {
            return try aggregation(lowercase, parameter: parameter, from: start)
        }
        if Self.reserved.contains(lowercase) {
            throw .syntax("expected a selector or a number, found the keyword '\(name)'", word.range)
        }
        if stands(.leftParenthesis) {
            guard let function = Function.named(name) else {
                throw .syntax("there is no function '\(name)'", word.range)
            }
            return try call(name, function, from: start)
        }
        return try selector(metric: name, from: start)
    }

    private mutating func call(_ name: String, _ function: Function, from start: Int) throws(PromQLError) -> Part {
        let arguments = try argumentList()
        let range = start..<previousEnd
        let most = function.isVariadic ? Int.max : function.arguments.count
        let least = function.arguments.count - function.optional - (function.isVariadic ? 1 : 0)
        guard arguments.count >= least, arguments.count <= most else {
            let bound = least == most ? "\(least)" : function.isVariadic ? "at least \(least)" : "\(least) to \(most)"
            throw .syntax("\(name) takes \(bound) arguments, found \(arguments.count)", range)
        }
        for (index, argument) in arguments.enumerated() {
            let type = function.arguments[min(index, function.arguments.count - 1)]
            try require(argument, type, "argument \(index + 1) of \(name)")
        }
        refuse(.functions, range)
        return Part(type: function.result, form: .other, range: range)
    }

    private mutating func aggregation(
        _ name: String, parameter: ValueType?, from start: Int
    ) throws(PromQLError) -> Part {
        var isGrouped = false
        if try takeKeyword("by", "without") != nil {
            try labelList()
            isGrouped = true
        }
        let arguments = try argumentList()
        if !isGrouped, try takeKeyword("by", "without") != nil { try labelList() }
        let range = start..<previousEnd
        let types = (parameter.map { [$0] } ?? []) + [.instantVector]
        guard arguments.count == types.count else {
            throw .syntax("\(name) takes \(types.count) arguments, found \(arguments.count)", range)
        }
        for (index, (argument, type)) in zip(arguments, types).enumerated() {
            try require(argument, type, "argument \(index + 1) of \(name)")
        }
        refuse(.aggregations, range)
        return Part(type: .instantVector, form: .other, range: range)
    }

    private mutating func argumentList() throws(PromQLError) -> [Part] {
        try expect(.leftParenthesis, "before the arguments")
        var arguments: [Part] = []
        if try take(.rightParenthesis) { return arguments }
        repeat { arguments.append(try expression()) } while try take(.comma)
        try expect(.rightParenthesis, "behind the arguments")
        return arguments
    }
}
