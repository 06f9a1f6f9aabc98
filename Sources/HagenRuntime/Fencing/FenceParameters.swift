internal import Hagen

/// The parameters of one fence agent, with the secrets that they name.
struct FenceParameters {
    /// What the agent reads, one `key=value` a line.
    let lines: String
    private let secrets: [String]

    /// - Throws: in words, where a credential cannot be read or a value cannot be one line.
    init(_ parameters: [String: String], credentials: CredentialFolder) throws(EngineFailure) {
        var secrets: [String] = []
        var lines = ""
        for (key, value) in parameters.sorted(by: { $0.key < $1.key }) where key != "action" {
            var filled = ""
            for part in CredentialText.parts(of: value) {
                switch part {
                case .text(let text): filled += text
                case .credential(let name):
                    let secret = String(decoding: try credentials.value(of: name), as: UTF8.self)
                    secrets.append(secret)
                    filled += secret
                }
            }
            guard !key.contains("="), !(key + filled).contains(where: \.isNewline) else {
                throw EngineFailure("its parameter '\(key)' does not fit in one line")
            }
            lines += "\(key)=\(filled)\n"
        }
        self.lines = lines
        self.secrets = secrets.filter { !$0.isEmpty }
    }

    /// What an agent said, in one line and without the secrets that it was told.
    func redacted(_ output: String) -> String {
        var text = output
        for secret in secrets { text = text.replacing(secret, with: "***") }
        return text.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(while: \.isWhitespace) }
            .filter { !$0.isEmpty }.suffix(3).joined(separator: " / ")
    }
}
