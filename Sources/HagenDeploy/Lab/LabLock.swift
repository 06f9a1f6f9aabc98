internal import Foundation

/// The lock on a lab's folder that its `hagen up` holds as long as it lives: the kernel lets go of it however that ends.
package struct LabLock: ~Copyable, Sendable {
    private let descriptor: Int32

    /// `nil` where another process holds it, or the folder is gone.
    package init?(on folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var locked = stat()
        var named = stat()
        // Whoever held it before may have removed the folder: then this is the lock of nothing.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &locked) == 0, stat(folder, &named) == 0,
            locked.st_ino == named.st_ino, locked.st_dev == named.st_dev
        else {
            _ = close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { _ = close(descriptor) }
}
