internal import HagenEngine

/// What connects the machines of clusters with data with their adapters, and with each other.
extension FailoverEngine {
    func dataReported(_ report: DataReport, of index: Int, at now: Instant) -> [FailoverJob] {
        perform(members[index].machine.lease { $0.dataReported(report, at: now) }, of: index, at: now)
    }

    /// An order that fails shows in the next report, and is given again.
    func perform(_ directive: DataDirective, of index: Int) -> FailoverJob? {
        switch directive {
        case .gather(let epoch, let round, let hosts):
            tell(.dataQuestion(question(epoch, round, of: index)), to: hosts)
            return nil
        case .report(let host, let epoch, let round, let position):
            tell(.dataReport(question(epoch, round, of: index), position: position), to: [host])
            return nil
        case .stopReceiving, .waitFor, .follow:
            guard let adapter = members[index].adapter else { return nil }
            return FailoverJob { await adapter.perform(directive) }
        }
    }
}

extension DataAdapter {
    fileprivate func perform(_ directive: DataDirective) async {
        switch directive {
        case .stopReceiving(let epoch): await stopReceiving(below: epoch)
        case .waitFor(let set): await waitFor(set)
        case .follow(let upstream): await follow(upstream)
        case .gather, .report: break
        }
    }
}
