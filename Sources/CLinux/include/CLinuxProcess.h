// Process descriptors: signals and waits that cannot hit another process which was given the same id.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
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

/// Both ends close-on-exec; 0 or -errno.
static inline int linux_blocking_pipe(int ends[2]) { return syscall(SYS_pipe2, ends, O_CLOEXEC) < 0 ? -errno : 0; }

// What glibc has since 2.34, and declares only where _GNU_SOURCE is defined, which Swift's module is not built with.
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *folder);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);
static const short linux_spawn_own_session = 0x80;
