import Hagen

extension Zone {
    static let north = Zone("north"), west = Zone("west"), south = Zone("south")
}

/// Three hosts on this machine. For real ones, write their addresses; nothing else changes but the coordination.
extension Host {
    static let n1 = Host("n1", address: "127.0.0.21/8", zone: .north)
    static let w1 = Host("w1", address: "127.0.0.22/8", zone: .west)
    static let s1 = Host("s1", address: "127.0.0.23/8", zone: .south)
}

extension [Host] {
    static let all: [Host] = [.n1, .w1, .s1]
}
