internal import GRDB

/// The embedded store's file: an SQLite database in write-ahead mode, every commit synced before it counts.
struct StoreFile: Sendable {
    static let schemaVersion = 2
    /// Marks the file as ours: `Hagn` in ASCII.
    static let applicationID = 0x4861_676E
    private let database: DatabaseQueue
    let path: String

    /// What the file holds when it is opened.
    struct Contents: Equatable, Sendable {
        var storeID: String
        var state: StoreState
    }

    /// Opens the file, or makes a new store where there is none.
    ///
    /// - Throws: `EngineFailure` in words when the file is damaged, written by a newer schema, not ours, or in use.
    static func open(at path: String) throws(EngineFailure) -> (file: StoreFile, contents: Contents) {
        var configuration = GRDB.Configuration()
        // Not by the configuration's journal mode: that one lowers `synchronous` to NORMAL, which loses acknowledged
        // commits when the power fails.
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA locking_mode = EXCLUSIVE;
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    """)
        }
        do {
            let database = try DatabaseQueue(path: path, configuration: configuration)
            let contents = try database.write { try load($0, path: path) }
            let file = StoreFile(database: database, path: path)
            guard try file.isDurable() else {
                throw EngineFailure("the store '\(path)' cannot be synced on every commit: move it to a local disk")
            }
            return (file, contents)
        } catch let failure as EngineFailure {
            throw failure
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            throw EngineFailure("the store '\(path)' is open in another process")
        } catch let error as DatabaseError
            where error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB
        {
            throw damaged(path, error.message ?? "\(error.resultCode)")
        } catch {
            throw EngineFailure("the store '\(path)' cannot be opened: \(error)")
        }
    }

    /// Writes the changes in one transaction and returns when they are on disk.
    func write(_ changes: [StoreChange], revision: Int64) async throws {
        try await database.write { database in
            let put = try database.cachedStatement(
                sql: """
                    INSERT INTO records (key, value, revision, commitID) VALUES (?, ?, ?, ?)
                    ON CONFLICT (key) DO UPDATE
                    SET value = excluded.value, revision = excluded.revision, commitID = excluded.commitID
                    """)
            let remove = try database.cachedStatement(sql: "DELETE FROM records WHERE key = ?")
            for change in changes {
                if let value = change.value {
                    try put.execute(arguments: [change.key, value, change.revision, change.commitID])
                } else {
                    try remove.execute(arguments: [change.key])
                }
            }
            try database.cachedStatement(sql: "UPDATE store SET revision = ?").execute(arguments: [revision])
        }
    }

    func close() throws { try database.close() }

    /// Whether a commit is in the write-ahead log and synced before it returns.
    func isDurable() throws -> Bool {
        try database.read { database in
            let journal = try String.fetchOne(database, sql: "PRAGMA journal_mode")
            // 2 is FULL, 3 EXTRA.
            let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? 0
            return journal == "wal" && synchronous >= 2
        }
    }

    private static func load(_ database: Database, path: String) throws -> Contents {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        if version == 0, application == 0, tables == 0 { return try create(database) }
        guard application == applicationID else {
            throw EngineFailure("'\(path)' is a database of something else, not a store of Hagen")
        }
        guard (1...schemaVersion).contains(version) else {
            throw EngineFailure(
                "the store '\(path)' has schema version \(version), but this hagend reads version \(schemaVersion): "
                    + "run the hagend that wrote it, or a newer one")
        }
        let findings = try String.fetchAll(database, sql: "PRAGMA quick_check(3)")
        guard findings == ["ok"] else { throw damaged(path, findings.joined(separator: "; ")) }
        if version == 1 {
            try database.execute(
                sql: "ALTER TABLE records ADD COLUMN commitID TEXT; PRAGMA user_version = \(schemaVersion);")
        }
        guard let store = try Row.fetchOne(database, sql: "SELECT storeID, revision FROM store"),
            let storeID = store["storeID"] as String?, let revision = store["revision"] as Int64?
        else { throw damaged(path, "it does not say which store it is") }
        let records = try Row.fetchAll(database, sql: "SELECT key, value, revision, commitID FROM records").map { row in
            StoreRecord(key: row["key"], value: row["value"], revision: row["revision"], commitID: row["commitID"])
        }
        if let wrong = records.first(where: { !(1...max(1, revision)).contains($0.revision) }) {
            throw damaged(path, "'\(wrong.key)' has revision \(wrong.revision), the store \(revision)")
        }
        return Contents(storeID: storeID, state: StoreState(revision: revision, records: records))
    }

    private static func create(_ database: Database) throws -> Contents {
        let contents = Contents(storeID: StoreIdentity.random(), state: StoreState())
        try database.execute(
            sql: """
                CREATE TABLE store (
                    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
                    storeID TEXT NOT NULL,
                    revision INTEGER NOT NULL
                ) STRICT;
                CREATE TABLE records (
                    key TEXT PRIMARY KEY NOT NULL,
                    value TEXT NOT NULL,
                    revision INTEGER NOT NULL,
                    commitID TEXT
                ) STRICT;
                PRAGMA application_id = \(applicationID);
                PRAGMA user_version = \(schemaVersion);
                """)
        try database.execute(
            sql: "INSERT INTO store (singleton, storeID, revision) VALUES (1, ?, 0)", arguments: [contents.storeID])
        return contents
    }

    private static func damaged(_ path: String, _ finding: String) -> EngineFailure {
        EngineFailure(
            "the store '\(path)' is damaged (\(finding)): put a good copy in its place. A new, empty store is another "
                + "store, on which the members hold still: then stop the agents of all hosts, see that no workload runs, "
                + "remove what they remember of their leases (lease-*.json in the agents' state folders) and start them"
        )
    }
}
