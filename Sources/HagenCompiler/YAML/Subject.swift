/// Which part of a topology a message speaks of: `'lease' of cluster 'orders'`.
indirect enum Subject: CustomStringConvertible {
    case topology
    case part(noun: String, name: String)
    case key(String, of: Subject)
    /// Counted from 1.
    case item(Int, of: Subject)

    var description: String {
        switch self {
        case .topology: "the topology"
        case .part(let noun, let name): "\(noun) '\(Wording.shortened(name))'"
        case .key(let key, .topology): "'\(key)'"
        case .key(let key, let whole): "'\(key)' of \(whole)"
        case .item(let number, let whole): "item \(number) of \(whole)"
        }
    }

    /// Without what it belongs to: `'lease'`.
    var short: String {
        switch self {
        case .key(let key, _): "'\(key)'"
        case .item(let number, let whole): "item \(number) of \(whole.short)"
        case .topology: "the whole file"
        default: description
        }
    }
}
