/// Every rule, by code.
package enum RuleList {
    package static let all: [any Rule] = []
}
