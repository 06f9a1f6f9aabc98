// Epoll, sockets and splice, as the balancer's data plane needs them. Every call returns its result or -errno.
//
// No header of the C library is included here: its types would then belong to this module and to Glibc's, and Swift files
// that import only one of them would compile or not depending on their order.
#pragma once
#include <stddef.h>
#include <stdint.h>

#define LINUX_EPOLL_IN 1u
#define LINUX_EPOLL_OUT 4u
#define LINUX_EPOLL_ERROR 8u
#define LINUX_EPOLL_HANGUP 16u
#define LINUX_EPOLL_PEER_CLOSED 0x2000u
#define LINUX_EPOLL_EXCLUSIVE 0x10000000u
#define LINUX_EPOLL_EDGE 0x80000000u

/// An IPv4 or IPv6 address and port. The bytes stand in network order: all 16 in the two words, or 4 in the first.
typedef struct {
    uint64_t first;
    uint64_t second;
    uint16_t port;
    uint8_t is_ipv6;
} linux_socket_address;

/// What epoll says of one descriptor: the tag that it was added with, and what is the matter.
typedef struct {
    uint64_t tag;
    uint32_t what;
} linux_event;

/// How many events one call of `linux_epoll_wait` returns at most.
#define LINUX_EVENTS 256

/// CLOCK_BOOTTIME: goes on while the machine is suspended.
int64_t linux_boottime_nanoseconds(void);

int linux_epoll_create(void);
int linux_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t tag);
int linux_epoll_remove(int epoll, int descriptor);
/// Waits for up to LINUX_EVENTS events.
int linux_epoll_wait(int epoll, linux_event *events, int milliseconds);

int linux_eventfd(void);
void linux_eventfd_signal(int descriptor);
void linux_eventfd_clear(int descriptor);

/// A bound, non-blocking socket, which listens where the backlog is above 0. With `shared`, others of this user may
/// listen on the same address too, and the kernel spreads new connections over them. This host need not have the address
/// yet.
int linux_listen(const linux_socket_address *address, int shared, int backlog);
/// Makes an inherited descriptor non-blocking and closes it on exec.
int linux_adopt(int descriptor);
/// The address that a listening socket is bound to; an error for any other descriptor.
int linux_listening_address(int descriptor, linux_socket_address *address);
int linux_accept(int listener, linux_socket_address *peer);
/// Starts a connection. Sets `*established` where it stood at once, as it often does on loopback.
int linux_connect(const linux_socket_address *address, int *established);
/// The pending error of a socket, 0 for none.
int linux_socket_error(int descriptor);

long linux_receive(int descriptor, void *bytes, size_t count);
/// Receives without taking the bytes out.
long linux_peek(int descriptor, void *bytes, size_t count);
long linux_send(int descriptor, const void *bytes, size_t count);
/// Sends two runs of bytes as one.
long linux_send_two(int descriptor, const void *first, size_t first_count, const void *second, size_t second_count);
void linux_shutdown_output(int descriptor);
/// Closing such a socket tells the peer by a reset instead of a regular end.
void linux_reset_on_close(int descriptor);

/// Moves bytes between a socket and a pipe without copying them.
long linux_splice(int from, int to, size_t count);
/// A non-blocking pipe. The kernel may refuse the capacity; the pipe then keeps its usual one.
int linux_splice_pipe(int *reading, int *writing, int capacity);

/// Names the calling thread for top and the debugger; at most 15 bytes.
void linux_name_thread(const char *name);
