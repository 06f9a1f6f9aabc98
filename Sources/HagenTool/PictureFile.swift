internal import ArgumentParser

/// Files whose names promise a kind of picture that Hagen cannot write.
enum PictureFile {
    private static let unwritable: Set<String> = [
        "png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "pdf", "ps", "eps",
    ]

    /// - Parameter advice: how to come by such a picture, as a sentence.
    static func refuse(_ path: String?, advice: String) throws {
        guard let path, let dot = path.lastIndex(of: ".") else { return }
        let ending = path[path.index(after: dot)...].lowercased()
        guard unwritable.contains(ending) else { return }
        throw ValidationError("Hagen writes no \(ending.uppercased()): '\(path)' would not open. \(advice)")
    }
}
