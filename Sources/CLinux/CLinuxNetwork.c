#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CLinuxNetwork.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int linux_netlink_open(int protocol) {
    int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
    if (descriptor < 0) return -errno;
    struct sockaddr_nl own = {.nl_family = AF_NETLINK};
    int one = 1, size = 1 << 20;
    if (bind(descriptor, (struct sockaddr *)&own, sizeof own)) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    // Without the request in it an error fits any buffer. Older kernels lack the option, and answer longer.
    setsockopt(descriptor, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof one);
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    return descriptor;
}

long linux_netlink_send(int descriptor, const void *bytes, size_t count) {
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    long sent = sendto(descriptor, bytes, count, 0, (struct sockaddr *)&kernel, sizeof kernel);
    return sent < 0 ? -errno : sent;
}

long linux_netlink_receive(int descriptor, void *bytes, size_t count) {
    struct sockaddr_nl from;
    socklen_t length = sizeof from;
    long received = recvfrom(descriptor, bytes, count, MSG_DONTWAIT, (struct sockaddr *)&from, &length);
    if (received < 0) return -errno;
    // Any process may write to a netlink socket; only the kernel has number 0.
    return from.nl_pid == 0 ? received : 0;
}

int linux_packet_open(int interface_index, uint16_t ether_type, const linux_filter_instruction *filter, int count) {
    int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -errno;
    _Static_assert(sizeof(linux_filter_instruction) == sizeof(struct sock_filter), "both are the kernel's");
    struct sock_fprog program = {.len = (unsigned short)count, .filter = (struct sock_filter *)filter};
    struct sockaddr_ll own;
    memset(&own, 0, sizeof own);
    own.sll_family = AF_PACKET;
    own.sll_protocol = htons(ether_type);
    own.sll_ifindex = interface_index;
    // The filter first: until it is bound nothing arrives.
    if (setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) ||
        bind(descriptor, (struct sockaddr *)&own, sizeof own)) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

static int linux_capabilities(struct __user_cap_data_struct data[2], int write) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    return (int)syscall(write ? SYS_capset : SYS_capget, &header, data) ? -errno : 0;
}

int linux_give_up_network(void) {
    const unsigned both = 1u << CAP_NET_ADMIN | 1u << CAP_NET_RAW;
    struct __user_cap_data_struct data[2] = {{0}};
    int problem = linux_capabilities(data, 0);
    if (problem) return problem;
    int has = (data[0].permitted & both) != 0;
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_NET_ADMIN, 0, 0);
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_NET_RAW, 0, 0);
    // A program that root runs gets whatever this set has, so it counts and not what this process has.
    if (prctl(PR_CAPBSET_DROP, CAP_NET_ADMIN, 0, 0, 0) || prctl(PR_CAPBSET_DROP, CAP_NET_RAW, 0, 0, 0))
        if (has) return -errno;
    data[0].inheritable &= ~both;
    data[0].permitted &= ~both;
    data[0].effective &= ~both;
    return linux_capabilities(data, 1);
}
