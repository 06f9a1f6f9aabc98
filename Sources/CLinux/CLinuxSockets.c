#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CLinuxSockets.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static long linux_result(long result) { return result < 0 ? -(long)errno : result; }

static socklen_t linux_to_sockaddr(const linux_socket_address *from, struct sockaddr_storage *to) {
    memset(to, 0, sizeof *to);
    if (from->is_ipv6) {
        struct sockaddr_in6 *six = (struct sockaddr_in6 *)to;
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(from->port);
        memcpy(&six->sin6_addr, &from->first, 16);
        return sizeof *six;
    }
    struct sockaddr_in *four = (struct sockaddr_in *)to;
    four->sin_family = AF_INET;
    four->sin_port = htons(from->port);
    memcpy(&four->sin_addr, &from->first, 4);
    return sizeof *four;
}

static void linux_from_sockaddr(const struct sockaddr_storage *from, linux_socket_address *to) {
    memset(to, 0, sizeof *to);
    if (from->ss_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)from;
        to->is_ipv6 = 1;
        to->port = ntohs(six->sin6_port);
        memcpy(&to->first, &six->sin6_addr, 16);
    } else if (from->ss_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)from;
        to->port = ntohs(four->sin_port);
        memcpy(&to->first, &four->sin_addr, 4);
    }
}

int64_t linux_boottime_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int linux_epoll_create(void) { return (int)linux_result(epoll_create1(EPOLL_CLOEXEC)); }
int linux_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t tag) {
    struct epoll_event event = {.events = events, .data = {.u64 = tag}};
    return (int)linux_result(epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event));
}
int linux_epoll_remove(int epoll, int descriptor) {
    struct epoll_event event = {0};
    return (int)linux_result(epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event));
}
int linux_epoll_wait(int epoll, linux_event *events, int milliseconds) {
    struct epoll_event found[LINUX_EVENTS];
    int count = epoll_wait(epoll, found, LINUX_EVENTS, milliseconds);
    if (count < 0) return -errno;
    for (int index = 0; index < count; index++) {
        events[index].tag = found[index].data.u64;
        events[index].what = found[index].events;
    }
    return count;
}

int linux_eventfd(void) { return (int)linux_result(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }
void linux_eventfd_signal(int descriptor) {
    uint64_t one = 1;
    ssize_t ignored = write(descriptor, &one, sizeof one);
    (void)ignored;
}
void linux_eventfd_clear(int descriptor) {
    uint64_t count;
    ssize_t ignored = read(descriptor, &count, sizeof count);
    (void)ignored;
}

int linux_listen(const linux_socket_address *address, int shared, int backlog) {
    struct sockaddr_storage name;
    socklen_t length = linux_to_sockaddr(address, &name);
    int one = 1;
    int descriptor = socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (shared) setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    if (address->is_ipv6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    // A virtual IP may be another host's now; whoever listens has to be there when it comes.
    if (address->is_ipv6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_FREEBIND, &one, sizeof one);
    else setsockopt(descriptor, IPPROTO_IP, IP_FREEBIND, &one, sizeof one);
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);  // Linux hands it on to accepted sockets.
    if (bind(descriptor, (struct sockaddr *)&name, length) || (backlog > 0 && listen(descriptor, backlog))) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

int linux_adopt(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | SOCK_NONBLOCK) || fcntl(descriptor, F_SETFD, FD_CLOEXEC))
        return -errno;
    int one = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return 0;
}

int linux_listening_address(int descriptor, linux_socket_address *address) {
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    int listening = 0;
    socklen_t size = sizeof listening;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size)) return -errno;
    if (!listening) return -EINVAL;
    if (getsockname(descriptor, (struct sockaddr *)&name, &length)) return -errno;
    linux_from_sockaddr(&name, address);
    return 0;
}

int linux_accept(int listener, linux_socket_address *peer) {
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    int descriptor = accept4(listener, (struct sockaddr *)&name, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) return -errno;
    linux_from_sockaddr(&name, peer);
    return descriptor;
}

int linux_connect(const linux_socket_address *address, int *established) {
    struct sockaddr_storage name;
    socklen_t length = linux_to_sockaddr(address, &name);
    int one = 1;
    int descriptor = socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    *established = connect(descriptor, (struct sockaddr *)&name, length) == 0;
    if (!*established && errno != EINPROGRESS) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

int linux_socket_error(int descriptor) {
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) ? errno : error;
}

long linux_receive(int descriptor, void *bytes, size_t count) {
    return linux_result(recv(descriptor, bytes, count, MSG_DONTWAIT));
}
long linux_peek(int descriptor, void *bytes, size_t count) {
    return linux_result(recv(descriptor, bytes, count, MSG_DONTWAIT | MSG_PEEK));
}
long linux_send(int descriptor, const void *bytes, size_t count) {
    return linux_result(send(descriptor, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL));
}
long linux_send_two(int descriptor, const void *first, size_t first_count, const void *second,
                                  size_t second_count) {
    struct iovec parts[2] = {{(void *)first, first_count}, {(void *)second, second_count}};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    return linux_result(sendmsg(descriptor, &message, MSG_DONTWAIT | MSG_NOSIGNAL));
}
void linux_shutdown_output(int descriptor) { shutdown(descriptor, SHUT_WR); }

void linux_reset_on_close(int descriptor) {
    struct linger none = {1, 0};
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

long linux_splice(int from, int to, size_t count) { return linux_result(splice(from, 0, to, 0, count, SPLICE_F_MOVE | SPLICE_F_NONBLOCK)); }

int linux_splice_pipe(int *reading, int *writing, int capacity) {
    int ends[2];
    if (pipe2(ends, SOCK_NONBLOCK | SOCK_CLOEXEC)) return -errno;
    fcntl(ends[0], F_SETPIPE_SZ, capacity);
    *reading = ends[0];
    *writing = ends[1];
    return 0;
}

void linux_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
