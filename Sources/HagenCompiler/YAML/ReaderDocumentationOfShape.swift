/// What `hagen explain` says about the codes that speak of the language's shape.
extension ReaderCode {
    /// What every example needs, so that it shows one fault only.
    private static let frame = "apiVersion: hagen/v1\nname: shop\nhosts: {a1: {address: 10.0.0.11/24, zone: a}}\n"

    private static let balancer =
        frame + """
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [a1]
            balancers:

            """

    var documentationOfShape: Documentation {
        switch self {
        case .unknownKey:
            Self.document(
                "unknown key",
                finds: "A key that the language does not have in this place. The message lists those that it has.",
                why: "A misspelt key that is ignored leaves its default in force, and nobody notices until it matters.",
                example: Self.balancer + "  web: {on: [a1], protocol: http, lisen: 8000, to: api}\n",
                fix: "Write the key that was meant. Keys of your own, for parts that anchors name, begin with 'x-' and "
                    + "stand at the top.")
        case .wrongType:
            Self.document(
                "value of the wrong type",
                finds: "A value that is not what its key takes: a number where a duration stands, a text where a list "
                    + "stands, a duration without a unit.",
                why: "A guess would be wrong some day: '5' could be seconds or milliseconds.",
                example: Self.balancer
                    + "  web: {on: [a1], protocol: http, listen: 8000, to: api, check: {tcp: true, every: 5}}\n",
                fix:
                    "Write it as the message shows. Durations carry a unit (250ms, 1s, 5m, 2h, 30d), sizes too (16MiB, "
                    + "10GB), shares a percent sign (99.9%).")
        case .unknownWord:
            Self.document(
                "unknown word",
                finds: "A word that is not among those that the key takes.",
                why: "Nothing is chosen in its place: what was meant decides how the system behaves.",
                example: Self.balancer
                    + "  web: {on: [a1], protocol: http, listen: 8000, to: api, strategy: round-robbin}\n",
                fix: "Write one of the words that the message lists.")
        case .missingKey:
            Self.document(
                "missing key",
                finds: "A part without a key that it cannot do without.",
                why: "There is no default that would be right.",
                example: "apiVersion: hagen/v1\nname: shop\nhosts: {a1: {address: 10.0.0.11/24}}\n",
                fix: "Add the key; the message shows an example.")
        case .version:
            Self.document(
                "version of the language",
                finds: "A topology without 'apiVersion', or with one that this hagen does not read.",
                why: "In another version the same words may mean something else.",
                example: "apiVersion: hagen/v7\nname: shop\nhosts: {a1: {address: 10.0.0.11/24, zone: a}}\n",
                fix: "Begin the file with 'apiVersion: hagen/v1', or use the hagen that the topology was written for.")
        case .outOfRange:
            Self.document(
                "number out of range",
                finds: "A number outside the range that its key takes.",
                why: "No port, weight or limit of this size exists.",
                example: Self.balancer + "  web: {on: [a1], protocol: http, listen: 80000, to: api}\n",
                fix: "Write a number in the range that the message gives.")
        case .alternatives:
            Self.document(
                "alternatives",
                finds:
                    "Keys of which a part takes exactly one, where none or several are given: the kinds of workload, "
                    + "of check, of receiver.",
                why: "One of several would have to be chosen, and the others ignored.",
                example: Self.balancer
                    + "  web: {on: [a1], protocol: http, listen: 8000, to: api, check: {tcp: true, http: /ready}}\n",
                fix: "Keep the one that is meant.")
        case .name:
            Self.document(
                "unusable name",
                finds: "A name with other characters than letters, digits, '-' and '_', one that does not begin with a "
                    + "letter or a digit, or one of more than 63 characters. Names of hosts may have dots.",
                why: "Names become parts of file names, unit names and keys of the store, where other characters mean "
                    + "something.",
                example: "apiVersion: hagen/v1\nname: shop/eu\nhosts: {a1: {address: 10.0.0.11/24, zone: a}}\n",
                fix: "Choose a plain name; what people read can stand in labels.")
        case .misplacedKey:
            Self.document(
                "misplaced key",
                finds: "'mode' on a cluster that is not a failover cluster, or 'base' in a file that others include.",
                why: "It means nothing there: 'mode' says how a cluster fails over, and what is included is laid over "
                    + "nothing.",
                example: Self.frame
                    + "clusters: {api: {kind: load-balancing, mode: active-passive, workload: {process: {command: [api]}}, members: [a1]}}\n",
                fix: "Remove it, or write 'kind: failover'.")
        default:
            Self.document(
                "engine not there yet",
                finds: "A part of the language that this version of hagen cannot carry out.",
                why: "Ignoring it would run something else than what is declared.",
                example: Self.frame + "monitoring: {retention: 30d}\n",
                fix: "Leave it out until a later version of hagen has it; the release notes say when.")
        }
    }
}
