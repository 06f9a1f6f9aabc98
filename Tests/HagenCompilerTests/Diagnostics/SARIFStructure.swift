import Foundation

/// What of SARIF 2.1.0 the readers of our logs depend on: required properties, their kinds, and that references resolve.
enum SARIFStructure {
    static func problems(in text: String) throws -> [String] {
        var problems: [String] = []
        guard let log = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
            return ["the log is not an object"]
        }
        if log["version"] as? String != "2.1.0" { problems.append("version is not 2.1.0") }
        if (log["$schema"] as? String)?.hasSuffix("sarif-schema-2.1.0.json") != true { problems.append("no $schema") }
        guard let runs = log["runs"] as? [[String: Any]], !runs.isEmpty else { return problems + ["no runs"] }
        for run in runs {
            let driver = (run["tool"] as? [String: Any])?["driver"] as? [String: Any] ?? [:]
            if (driver["name"] as? String)?.isEmpty != false { problems.append("the driver has no name") }
            let rules = driver["rules"] as? [[String: Any]] ?? []
            let ids = rules.compactMap { $0["id"] as? String }
            if ids.count != rules.count || Set(ids).count != ids.count { problems.append("rule ids are not unique") }
            for rule in rules where !hasText(rule["shortDescription"]) {
                problems.append("rule without shortDescription")
            }
            for result in run["results"] as? [[String: Any]] ?? [] {
                problems += self.problems(ofResult: result, ids)
            }
            if run["results"] == nil { problems.append("no results") }
            if !["utf16CodeUnits", "unicodeCodePoints"].contains(run["columnKind"] as? String) {
                problems.append("columnKind")
            }
        }
        return problems
    }

    private static func hasText(_ message: Any?) -> Bool {
        ((message as? [String: Any])?["text"] as? String)?.isEmpty == false
    }

    private static func problems(ofResult result: [String: Any], _ ids: [String]) -> [String] {
        var problems: [String] = []
        let id = result["ruleId"] as? String ?? ""
        if id.wholeMatch(of: /HG[0-9]{4}/) == nil { problems.append("ruleId '\(id)'") }
        if let index = result["ruleIndex"] as? Int, !ids.indices.contains(index) || ids[index] != id {
            problems.append("ruleIndex of \(id)")
        }
        if !["error", "warning", "note", "none"].contains(result["level"] as? String) { problems.append("level") }
        if !hasText(result["message"]) { problems.append("message") }
        let related = result["relatedLocations"] as? [[String: Any]] ?? []
        if Set(related.compactMap { $0["id"] as? Int }).count != related.count { problems.append("ids of \(id)") }
        for location in (result["locations"] as? [[String: Any]] ?? []) + related {
            let physical = location["physicalLocation"] as? [String: Any] ?? [:]
            let uri = (physical["artifactLocation"] as? [String: Any])?["uri"] as? String ?? ""
            if URL(string: uri) == nil || uri.contains(" ") { problems.append("uri '\(uri)'") }
            problems += self.problems(ofRegion: physical["region"])
        }
        for fix in result["fixes"] as? [[String: Any]] ?? [] {
            let changes = fix["artifactChanges"] as? [[String: Any]] ?? []
            if changes.isEmpty { problems.append("fix without changes") }
            for change in changes {
                let replacements = change["replacements"] as? [[String: Any]] ?? []
                if replacements.isEmpty { problems.append("change without replacements") }
                for replacement in replacements { problems += self.problems(ofRegion: replacement["deletedRegion"]) }
            }
        }
        return problems
    }

    private static func problems(ofRegion region: Any?) -> [String] {
        let region = region as? [String: Any] ?? [:]
        guard let startLine = region["startLine"] as? Int, let startColumn = region["startColumn"] as? Int,
            let endLine = region["endLine"] as? Int, let endColumn = region["endColumn"] as? Int
        else { return ["region without its four numbers"] }
        let isForward = (startLine, startColumn) <= (endLine, endColumn)
        return startLine >= 1 && startColumn >= 1 && isForward ? [] : ["region \(region)"]
    }
}
