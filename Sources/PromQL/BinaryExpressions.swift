extension Parser {
    private enum Operator {
        case comparison(Comparison)
        case arithmetic
        case set
    }

    /// Tighter operators have the higher level.
    private static let unaryLevel = 5
    private static let powerLevel = 6

    mutating func expression() throws(PromQLError) -> Part {
        try nested { parser throws(PromQLError) in try parser.binary(above: 0) }
    }

    private mutating func binary(above minimum: Int) throws(PromQLError) -> Part {
        var left = try unary()
        while let (kind, level) = binaryOperator, level > minimum {
            let sign = try advance()
            let modifiers = try binaryModifiers()
            // `^` alone is right-associative.
            let right = try nested { parser throws(PromQLError) in
                try parser.binary(above: level == Self.powerLevel ? level - 1 : level)
            }
            left = try combine(left, kind, sign, modifiers, right)
        }
        return left
    }

    private var binaryOperator: (kind: Operator, level: Int)? {
        switch token.kind {
        case .mark(let mark):
            if let comparison = Comparison(rawValue: mark.rawValue) { return (.comparison(comparison), 3) }
            switch mark {
            case .plus, .minus: return (.arithmetic, 4)
            case .times, .divide, .modulo: return (.arithmetic, 5)
            case .power: return (.arithmetic, Self.powerLevel)
            default: return nil
            }
        case .identifier:
            switch keyword {
            case "or": return (.set, 1)
            case "and", "unless": return (.set, 2)
            case "atan2": return (.arithmetic, 5)
            default: return nil
            }
        default: return nil
        }
    }

    /// A sign binds tighter than every operator but `^`.
    private mutating func unary() throws(PromQLError) -> Part {
        guard stands(.minus) || stands(.plus) else { return try postfix() }
        let sign = try advance()
        let operand = try nested { parser throws(PromQLError) in try parser.binary(above: Self.unaryLevel) }
        guard operand.type == .scalar || operand.type == .instantVector else {
            throw .syntax("a sign needs a number or an instant vector, not \(operand.type.rawValue)", operand.range)
        }
        var part = operand
        part.range = sign.range.lowerBound..<operand.range.upperBound
        part.isModifiable = false
        if case .number(let number) = operand.form {
            part.form = .number(sign.kind == .mark(.minus) ? -number : number)
        } else if operand.type == .instantVector {
            refuse(.arithmetic, part.range)
            part.form = .other
        }
        return part
    }

    private struct Modifiers {
        var bool: Range<Int>?
        var matching: Range<Int>?
        var grouping: Range<Int>?
    }

    private mutating func binaryModifiers() throws(PromQLError) -> Modifiers {
        var modifiers = Modifiers()
        var start = token.range.lowerBound
        if try takeKeyword("bool") != nil { modifiers.bool = start..<previousEnd }
        start = token.range.lowerBound
        guard try takeKeyword("on", "ignoring") != nil else { return modifiers }
        // An empty list is let pass, as in Prometheus, where it changes nothing beside a number.
        if try labelList() > 0 { modifiers.matching = start..<previousEnd }
        start = token.range.lowerBound
        if try takeKeyword("group_left", "group_right") != nil {
            if stands(.leftParenthesis) { try labelList() }
            modifiers.grouping = start..<previousEnd
        }
        return modifiers
    }

    private mutating func combine(
        _ left: Part, _ kind: Operator, _ sign: Token, _ modifiers: Modifiers, _ right: Part
    ) throws(PromQLError) -> Part {
        for side in [left, right] where side.type != .scalar && side.type != .instantVector {
            throw .syntax(
                "an operator's side must be a number or an instant vector, not \(side.type.rawValue)", side.range)
        }
        let range = left.range.lowerBound..<right.range.upperBound
        let areScalars = left.type == .scalar && right.type == .scalar
        let areVectors = left.type == .instantVector && right.type == .instantVector
        if let matching = modifiers.matching, !areVectors {
            throw .syntax("on and ignoring need an instant vector on both sides", matching)
        }
        var part = Part(type: areScalars ? .scalar : .instantVector, form: .other, range: range)
        switch kind {
        case .set:
            guard areVectors else { throw .syntax("and, or and unless need an instant vector on both sides", range) }
            if let bool = modifiers.bool { throw .syntax("bool belongs to comparisons alone", bool) }
            if let grouping = modifiers.grouping { throw .syntax("and, or and unless take no grouping", grouping) }
            refuse(.setOperators, range)
        case .arithmetic:
            if let bool = modifiers.bool { throw .syntax("bool belongs to comparisons alone", bool) }
            refuse(areVectors ? .vectorMatching : .arithmetic, range)
        case .comparison(let comparison):
            if areScalars, modifiers.bool == nil {
                throw .syntax("two numbers compare with bool only, as in '1 >bool 2'", range)
            }
            if let bool = modifiers.bool { refuse(.bool, bool) }
            if areVectors { refuse(.vectorMatching, range) }
            switch (left.form, right.form) {
            case (.selector(let selector), .number(let number)):
                part.form = .condition(Expression(selector, comparison, number))
            case (.number(let number), .selector(let selector)):
                part.form = .condition(Expression(selector, comparison.mirrored, number))
            default:
                // Such as `up > 1 < 3`. A side with a feature of its own has been refused for that one.
                if !isRefused { refuse(.chainedComparisons, range) }
            }
        }
        return part
    }
}
