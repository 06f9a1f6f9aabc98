/// What `hagen explain` says about topologies of several files. Where an example needs a second file, a line
/// `--- # NAME` begins it.
extension ReaderCode {
    private static let frame = "apiVersion: hagen/v1\nname: shop\nhosts: {a1: {address: 10.0.0.11/24, zone: a}}\n"

    var documentationOfFiles: Documentation {
        switch self {
        case .unavailableFile:
            Self.document(
                "file that cannot be read",
                finds:
                    "A file below 'include' or 'base' that is not there, is no file, may not be read, or lies outside "
                    + "of the repository.",
                why: "What it would declare is missing, and the rest cannot be judged as a whole.",
                example: Self.frame + "include: [clusters.yaml]\n",
                fix: "Correct the path. It is relative to the file that says it, not to the working directory.")
        case .fileCycle:
            Self.document(
                "file that is made of itself",
                finds: "A file that includes itself or is its own base, directly or by way of others.",
                why: "There is no order in which its parts could be put together.",
                example: Self.frame + "include: [clusters.yaml]\n--- # clusters.yaml\ninclude: [example.yaml]\n",
                fix: "Take one of the paths away. What several files need goes into a file of its own: that may be "
                    + "included from many places, and is merged once.")
        case .saidTwice:
            Self.document(
                "said in two files",
                finds: "A host, cluster or balancer that two of the files that include each other declare, or a value "
                    + "that a topology has once and two of them say.",
                why: "One of the two would have to win, and which one would depend on the order of the files.",
                example: Self.frame
                    + "include: [hosts.yaml]\n--- # hosts.yaml\nhosts: {a1: {address: 10.0.0.12/24, zone: b}}\n",
                fix: "Keep one of the two. A file that is meant to change another is laid over it: it says "
                    + "'base: OTHER.yaml'.")
        default:
            Self.document(
                "laid over nothing",
                finds: "A 'null' in an overlay that takes away what its base does not have, or a part that is written "
                    + "like a change of one in the base, under a name that the base does not have.",
                why: "A misspelt name changes nothing, and the environment runs with what was to be changed.",
                example: "base: topology.yaml\nclusters: {ap: null}\n--- # topology.yaml\n" + Self.frame
                    + "clusters: {api: {kind: load-balancing, workload: {process: {command: [/usr/bin/api], port: 8080}}, members: [a1]}}\n",
                fix: "Correct the name, or leave it out.")
        }
    }
}
