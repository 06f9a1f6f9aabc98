/// What a unit is told: Hagen's own variables, in a file that its drop-in names (`EnvironmentFile=`).
enum UnitEnvironment {
    static func write(_ environment: [String: String], to path: String) throws(EngineFailure) {
        let lines = environment.filter { $0.key.hasPrefix("HAGEN_") }.sorted { $0.key < $1.key }.map { name, value in
            let quoted = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return "\(name)=\"\(quoted)\"\n"
        }
        try ReplacedFile.write(Array(lines.joined().utf8), to: path, isDurable: false)
    }
}
