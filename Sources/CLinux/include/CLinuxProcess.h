// Process descriptors: signals and waits that cannot hit another process which was given the same id.
#pragma once
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/// A descriptor of the process, close-on-exec; it is readable once the process has ended.
static inline int linux_pidfd_open(pid_t process) {
    int descriptor = (int)syscall(SYS_pidfd_open, process, 0);
    return descriptor < 0 ? -errno : descriptor;
}

/// Sends the signal to exactly the process that the descriptor was opened on; -ESRCH once it was waited for.
static inline int linux_pidfd_send_signal(int descriptor, int signal) {
    return syscall(SYS_pidfd_send_signal, descriptor, signal, (void *)0, 0) < 0 ? -errno : 0;
}
