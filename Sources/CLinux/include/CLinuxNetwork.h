// Netlink, packet sockets and capabilities. Every call returns its result or -errno.
//
// No header of the C library is included here, for the reason that CLinuxSockets.h gives.
#pragma once
#include <stddef.h>
#include <stdint.h>

#define LINUX_NETLINK_ROUTE 0
#define LINUX_NETLINK_SOCKET_DIAGNOSIS 4
#define LINUX_NETLINK_NETFILTER 12

/// A netlink socket to the kernel, non-blocking and close-on-exec, that can hold many answers.
int linux_netlink_open(int protocol);
long linux_netlink_send(int descriptor, const void *bytes, size_t count);
/// One datagram; the kernel answers most requests before the call that sent them returns.
long linux_netlink_receive(int descriptor, void *bytes, size_t count);

/// An instruction of the classic packet filter (BPF).
typedef struct {
    uint16_t code;
    uint8_t jump_true;
    uint8_t jump_false;
    uint32_t value;
} linux_filter_instruction;

/// Sends whole Ethernet frames over an interface, and receives those of one EtherType that the filter accepts.
/// Non-blocking and close-on-exec.
int linux_packet_open(int interface_index, uint16_t ether_type, const linux_filter_instruction *filter, int count);

/// Takes the capabilities to change and to tap the network from this process and from all that it will become. Does
/// nothing but system calls: for use between fork and exec. Fails only where it has one that it cannot give up.
int linux_give_up_network(void);
