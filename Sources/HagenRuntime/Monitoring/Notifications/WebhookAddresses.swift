internal import Hagen

/// Finds out where each receiver's webhook is.
enum WebhookAddresses {
    /// - Throws: `EngineFailure` of kind `.configuration` that names every receiver whose address is missing or none,
    ///   and never the address.
    static func resolve(
        _ receivers: [Model.Receiver], credentialsDirectory: String?
    ) throws(EngineFailure) -> [String: String] {
        var addresses: [String: String] = [:]
        var faults: [String] = []
        for receiver in receivers {
            guard case .webhook(let url) = receiver.channel else { continue }
            do throws(EngineFailure) {
                let address = try address(url, CredentialFolder(credentialsDirectory))
                guard WebAddress.isValid(address) else {
                    throw EngineFailure("its address is not of the form http://HOST/PATH or https://HOST/PATH")
                }
                addresses[receiver.name] = address
            } catch {
                faults.append("receiver '\(receiver.name)': \(error.description)")
            }
        }
        guard faults.isEmpty else { throw EngineFailure(faults.joined(separator: "\n"), kind: .configuration) }
        return addresses
    }

    private static func address(
        _ url: Model.SecretText, _ credentials: CredentialFolder
    ) throws(EngineFailure) -> String {
        switch url {
        case .plain(let address): return address
        case .credential(let credential):
            let value: [UInt8]
            do {
                value = try credentials.value(of: credential.name)
            } catch {
                throw EngineFailure("its address is a credential: \(error); put the address there, in one line")
            }
            return String(decoding: value, as: UTF8.self).trimmed
        }
    }
}

extension String {
    /// Without the white space around it, such as the newline that ends a file.
    fileprivate var trimmed: String {
        let start = drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
