internal import Hagen
internal import PromQL

/// An alert whose expression is not PromQL.
struct AlertSyntax: Rule {
    let code = DiagnosticCode(114)
    let title = "alert expression that is not PromQL"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "An alert whose 'expr' does not follow the grammar of PromQL.",
        why: "The monitor could not evaluate it: the alert would never fire.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
            monitoring:
              receivers:
                - {name: oncall, webhook: {url: "http://10.0.0.9/alerts"}}
              alerts:
                - {alert: disk-full, expr: 'hagen_filesystem_used_ratio{mountpoint=/} > 0.95', receiver: oncall}
            """,
        fix:
            "Mend the expression. Values of labels are quoted, as in hagen_filesystem_used_ratio{mountpoint=\"/\"} > 0.95."
    )
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
        monitoring:
          receivers:
            - {name: oncall, webhook: {url: "http://10.0.0.9/alerts"}}
          alerts:
            - {alert: disk-full, expr: 'hagen_filesystem_used_ratio{mountpoint="/"} > 0.95', receiver: oncall}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        AlertExpressions.faults(context).compactMap { fault in
            guard case .syntax = fault.error.kind else { return nil }
            return finding(
                "the expression of alert '\(fault.alert)' is not PromQL: \(fault.error.message)", at: fault.span)
        }
    }
}

/// The expressions of a topology's alerts that cannot be evaluated.
enum AlertExpressions {
    struct Fault {
        var alert: String
        var error: PromQLError
        var span: SourceSpan?
    }

    static func faults(_ context: RuleContext) -> [Fault] {
        var faults: [Fault] = []
        for (index, alert) in context.model.monitoring.alerts.enumerated() {
            let path = ModelPath.root["monitoring"]["alerts"][index]["expression"]
            do throws(PromQLError) {
                _ = try parse(alert.expression)
            } catch {
                let span = span(of: error, in: alert.expression, path, context)
                faults.append(Fault(alert: alert.name, error: error, span: span))
            }
        }
        return faults
    }

    /// The offending part alone, where the text stands in the source as it is: on one line, plain or between quotes
    /// without an escape.
    private static func span(
        of error: PromQLError, in expression: String, _ path: ModelPath, _ context: RuleContext
    ) -> SourceSpan? {
        guard var span = context.textSpan(path), span.start.line == span.end.line else { return context.span(path) }
        let quotes = span.end.column - span.start.column - expression.unicodeScalars.count
        guard quotes == 0 || quotes == 2 else { return span }
        let bytes = Array(expression.utf8)
        let first = String(decoding: bytes[..<min(error.range.lowerBound, bytes.count)], as: UTF8.self)
        let upTo = String(decoding: bytes[..<min(error.range.upperBound, bytes.count)], as: UTF8.self)
        let start = span.start.column + quotes / 2
        span.end.column = start + upTo.unicodeScalars.count
        span.start.column = start + first.unicodeScalars.count
        return span
    }
}
