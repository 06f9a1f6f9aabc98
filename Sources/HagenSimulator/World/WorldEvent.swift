internal import HagenEngine

/// Everything that can happen in a world. `life` tells apart what was meant for a process that has ended since.
enum WorldEvent: Sendable {
    // Agents
    case startAgent(host: Int, start: Int)
    case stopAgent(host: Int, life: Int)
    case wake(host: Int, life: Int)
    case greet(host: Int, life: Int)
    case deliver(host: Int, life: Int, AgentMessage)
    case suspectSupervisor(host: Int, life: Int, order: Int, isSecondLook: Bool)
    case startSupervisor(host: Int, life: Int)
    case lookAtGate(host: Int, life: Int)

    // Supervisors, on every host one
    indirect case order(host: Int, life: Int, number: Int, MemberDirective)
    case enforce(host: Int, life: Int, timer: Int)
    case announceAddress(host: Int, life: Int, run: UInt64)

    // The store
    indirect case arrive(StoreRequest)
    indirect case commit(StoreRequest)
    indirect case hedge(StoreRequest, attempt: Int)
    case watchBroke(host: Int, life: Int)
    case elect(generation: Int)

    // Workloads, their data, and who uses them
    case workloadEnds(host: Int, process: Int, ending: String)
    case openData(host: Int, process: Int)
    case dataOpened(host: Int, process: Int, DataAnswer)
    case operationBegins(client: Int)
    case request(operation: Int, host: Int)
    case writeData(operation: Int, host: Int, process: Int, epoch: UInt64)
    case dataWritten(operation: Int, host: Int, process: Int, DataAnswer)
    case answer(operation: Int, value: Int?)
    case operationTimedOut(operation: Int)

    // Faults
    case faultBegins(Int)
    case faultEnds(Int)
    case hostBoots(host: Int)
    case inspectAddresses
    case fence(by: Int, life: Int, target: Int, epoch: UInt64)
    case tellOrders(host: Int, life: Int)
    case hostResumes(host: Int)
}

/// What reaches an agent. What is large lies apart: events are moved often, and greetings are most of them.
enum AgentMessage: Sendable {
    indirect case report(SupervisorReport, answersOrder: Int)
    indirect case read(LeaseReading)
    indirect case change(LeaseValue, revision: Int64)
    case acknowledged(nonce: UInt64, revision: Int64)
    indirect case conflicted(nonce: UInt64, storeRevision: Int64, LeaseValue)
    case failed(nonce: UInt64)
    indirect case remembered(LeaseMemory)
    case notRemembered
    case greeting(host: Int, isReady: Bool, epoch: UInt64)
    case promiseAsked(by: Int, epoch: UInt64, round: UInt64)
    case promised(by: Int, epoch: UInt64, round: UInt64)
    indirect case fenced(host: String, epoch: UInt64, problem: String?)
    indirect case orders(Orders)
    /// The answer to a request of that number.
    indirect case stored(Int, AgentMessage)
}
