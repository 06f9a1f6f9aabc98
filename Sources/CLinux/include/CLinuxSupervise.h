// What a supervisor of processes needs: a subreaper, timers that count a suspended machine's sleep, and a spawn whose
// child does nothing that is unsafe between fork and exec.
#pragma once
#include "CLinuxNetwork.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/watchdog.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/// Nanoseconds since boot, the time that the machine was suspended included.
static inline int64_t linux_boottime(void) {
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/// A timer on the same clock, non-blocking and close-on-exec; it is readable once its moment has come.
static inline int linux_boottime_timer(void) {
    int descriptor = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

/// Arms the timer for a moment since boot, in nanoseconds; 0 disarms it.
static inline int linux_boottime_timer_arm(int descriptor, int64_t moment) {
    struct itimerspec when = {{0, 0}, {moment / 1000000000, moment % 1000000000}};
    return timerfd_settime(descriptor, TFD_TIMER_ABSTIME, &when, 0) < 0 ? -errno : 0;
}

/// From now on descendants that lose their parent become children of this process.
static inline int linux_become_subreaper(void) {
    return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 ? -errno : 0;
}

/// Keeps every page of this process in memory, also of what it will map, once it was touched.
static inline int linux_lock_memory(void) {
    return mlockall(MCL_CURRENT | MCL_FUTURE | 4 /* MCL_ONFAULT */) < 0 ? -errno : 0;
}

/// The calling thread runs before all that has no real-time priority; threads and processes that it starts do not.
static inline int linux_run_first(void) {
    struct {
        int priority;
    } lowest = {1};
    return syscall(SYS_sched_setscheduler, 0, 1 /* SCHED_FIFO */ | 0x40000000 /* SCHED_RESET_ON_FORK */, &lowest) < 0
        ? -errno
        : 0;
}

static inline pid_t linux_thread_id(void) { return (pid_t)syscall(SYS_gettid); }

/// Asks a watchdog device for a time-out; the seconds that it took, or -errno.
static inline int linux_watchdog_timeout(int descriptor, int seconds) {
    return ioctl(descriptor, WDIOC_SETTIMEOUT, &seconds) < 0 ? -errno : seconds;
}

/// A pipe whose ends are close-on-exec and never block.
static inline int linux_pipe_non_blocking(int ends[2]) {
    return syscall(SYS_pipe2, ends, O_CLOEXEC | O_NONBLOCK) < 0 ? -errno : 0;
}

/// The next connection, non-blocking and close-on-exec.
static inline int linux_accept_unnamed(int listener) {
    int descriptor = (int)syscall(SYS_accept4, listener, 0, 0, O_CLOEXEC | O_NONBLOCK);
    return descriptor < 0 ? -errno : descriptor;
}

static int linux_signal_pipe = -1;

static inline void linux_signal_to_pipe(int signal) {
    int saved = errno;
    unsigned char byte = (unsigned char)signal;
    // A full pipe loses nothing: whoever reads it looks at everything that a signal can mean.
    ssize_t written = write(linux_signal_pipe, &byte, 1);
    (void)written;
    errno = saved;
}

/// Each arrival of the signal writes its number as a byte to the descriptor, which has to be non-blocking. One
/// descriptor a process.
static inline int linux_signal_into(int signal, int descriptor) {
    linux_signal_pipe = descriptor;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = linux_signal_to_pipe;
    action.sa_flags = SA_RESTART;
    if (sigaction(signal, &action, 0) < 0) return -errno;
    // Whoever started this process may have left it blocked.
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, signal);
    return -pthread_sigmask(SIG_UNBLOCK, &one, 0);
}

struct linux_spawn {
    const char *path;
    char *const *arguments;
    char *const *environment;
    /// Become the child's standard input, and its standard output and error.
    int input, output;
    /// Write end of a close-on-exec pipe: receives errno and the stage (an `int` each) when the program cannot be run.
    int failure;
    /// Sent to the child when the thread that spawned it ends; 0: none.
    int parent_death_signal;
    /// Whether to change user; needs the privilege.
    int changes_user;
    uid_t user;
    gid_t group;
    const gid_t *groups;
    int group_count;
    /// `cgroup.procs` of the control group to run in, open for writing; -1: that of this process.
    int control_group;
    /// Whether the child may change and tap the network where its parent may.
    int keeps_network;
};

enum linux_spawn_stage {
    LINUX_SPAWN_DESCRIPTORS = 1,
    LINUX_SPAWN_USER = 2,
    LINUX_SPAWN_EXECUTE = 3,
    LINUX_SPAWN_CONTROL_GROUP = 4,
    LINUX_SPAWN_CAPABILITIES = 5,
};

static inline void linux_spawn_failed(int descriptor, int stage) {
    int message[2] = {errno, stage};
    ssize_t written = write(descriptor, message, sizeof message);
    (void)written;
    _exit(127);
}

/// Starts the program in a session of its own, with default signal dispositions, an empty signal mask and no other
/// descriptors. Returns its process id or -errno; what fails later comes through `failure`.
static inline pid_t linux_spawn(const struct linux_spawn *request) {
    sigset_t every, before;
    sigfillset(&every);
    // No handler of the parent may run in the child.
    pthread_sigmask(SIG_SETMASK, &every, &before);
    pid_t parent = getpid();
    pid_t child = fork();
    if (child != 0) {
        int problem = errno;
        pthread_sigmask(SIG_SETMASK, &before, 0);
        return child < 0 ? -problem : child;
    }
    setsid();
    // First of all: nothing that it does may happen outside of its group.
    if (request->control_group >= 0 && write(request->control_group, "0", 1) != 1)
        linux_spawn_failed(request->failure, LINUX_SPAWN_CONTROL_GROUP);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    int failure = request->failure;
    if (dup2(request->input, 0) < 0 || dup2(request->output, 1) < 0 || dup2(request->output, 2) < 0 ||
        syscall(SYS_close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */) < 0)
        linux_spawn_failed(failure, LINUX_SPAWN_DESCRIPTORS);
    // What a supervisor may do to the network is not its workload's to do.
    int kept = request->keeps_network ? 0 : linux_give_up_network();
    if (kept < 0) {
        errno = -kept;
        linux_spawn_failed(failure, LINUX_SPAWN_CAPABILITIES);
    }
    // The raw calls: the library's would try to tell threads that do not exist in this child.
    if (request->changes_user &&
        (syscall(SYS_setgroups, request->group_count, request->groups) < 0 || syscall(SYS_setgid, request->group) < 0 ||
         syscall(SYS_setuid, request->user) < 0))
        linux_spawn_failed(failure, LINUX_SPAWN_USER);
    // After the change of user, which would clear it. The parent may be gone already.
    if (request->parent_death_signal) {
        prctl(PR_SET_PDEATHSIG, request->parent_death_signal, 0, 0, 0);
        if (getppid() != parent) _exit(127);
    }
    umask(022);
    // The supervisor goes last when memory runs out; its workload must not. Best effort.
    int score = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (score >= 0) {
        ssize_t reset = write(score, "0", 1);
        (void)reset;
    }
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, 0);
    execve(request->path, request->arguments, request->environment);
    linux_spawn_failed(failure, LINUX_SPAWN_EXECUTE);
    return 0;
}

/// How one child ended, without waiting: its process id, 0 where none has ended, -ECHILD where there is no child.
static inline pid_t linux_reap(int *status) {
    pid_t child = waitpid(-1, status, WNOHANG);
    return child < 0 ? -errno : child;
}

/// 1 where this process has a child, dead or alive, that was not waited for; else 0.
static inline int linux_has_children(void) {
    siginfo_t child;
    return waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD ? 0 : 1;
}

/// 1 where the child has ended and was not waited for yet; 0 where it has not; -errno.
static inline int linux_has_ended(pid_t child) {
    siginfo_t ended;
    ended.si_pid = 0;
    if (waitid(P_PID, (id_t)child, &ended, WEXITED | WNOHANG | WNOWAIT) < 0) return -errno;
    return ended.si_pid == child;
}

/// The bytes of an extended attribute of a file; -ENODATA where it has none of that name.
static inline long linux_attribute(const char *path, const char *name, void *bytes, size_t count) {
    long length = syscall(SYS_getxattr, path, name, bytes, count);
    return length < 0 ? -errno : length;
}

/// Makes a pipe large enough that whoever writes so much does not wait for a reader. Best effort.
static inline void linux_widen_pipe(int descriptor, int byte_count) {
    fcntl(descriptor, 1031 /* F_SETPIPE_SZ */, byte_count);
}

static inline int linux_did_exit(int status) { return WIFEXITED(status); }
static inline int linux_exit_code(int status) { return WEXITSTATUS(status); }
static inline int linux_exit_signal(int status) { return WTERMSIG(status); }
