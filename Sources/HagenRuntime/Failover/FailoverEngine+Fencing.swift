internal import HagenEngine

/// Ends a host for certain, as its cluster's configuration says.
extension FailoverEngine {
    func fence(_ host: String, epoch: UInt64, of index: Int) -> FailoverJob {
        let inbox = inbox
        return FailoverJob {
            inbox(.fenced(index, host: host, epoch: epoch, problem: "this version has no way to use a fence agent"))
        }
    }
}
