#!/usr/bin/env python3
"""Which hosts carry an address at each moment, whoever a client's cache names: asks all of them, several times a second.

    carriers.py ADDRESS [ADDRESS ...]

Runs as one more station of the network. A probe (RFC 5227) goes to everybody and comes from nobody, so that no station learns
anything by it; the kernel of each host that has the address answers, also where every process on it hangs. Prints 'MOMENT
ADDRESS STATION,STATION' whenever the stations (hardware addresses) that answered are others than before. Ends with its
standard input.
"""
import os, select, socket, subprocess, sys, threading, time

import network

ARP = 0x0806
INTERVAL = 0.02
# Answers come while the probe is sent, or not much later.
PATIENCE = 0.005


def probe(address):
    own = bytes.fromhex(network.WATCHER.replace(":", ""))
    head = b"\xff" * 6 + own + ARP.to_bytes(2, "big")
    return head + bytes.fromhex("0001080006040001") + own + bytes(10) + socket.inet_aton(address)


def watch(addresses):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ARP)) as station:
        station.bind(("eth0", ARP))
        last = dict.fromkeys(addresses)
        while True:
            answered = {address: set() for address in addresses}
            moment = time.monotonic()
            for address in addresses:
                station.send(probe(address))
            until = moment + PATIENCE
            while select.select([station], [], [], max(0, until - time.monotonic()))[0]:
                frame = station.recv(256)
                # Answers, and to nobody's question, are this station's.
                if frame[20:22] == b"\0\2" and frame[38:42] == bytes(4):
                    answered.setdefault(socket.inet_ntoa(frame[28:32]), set()).add(frame[22:28].hex(":"))
            for address in addresses:
                if answered[address] != last[address]:
                    last[address] = answered[address]
                    print(f"{moment:.6f} {address} {','.join(sorted(answered[address]))}", flush=True)
            if select.select([sys.stdin], [], [], max(0, moment + INTERVAL - time.monotonic()))[0]:
                return


class Carriers:
    """What the watcher of one network has seen so far."""

    def __init__(self, tool, addresses):
        self.names = {host.hardware: name for name, host in tool.hosts.items()}
        self.seen = {address: [] for address in addresses}
        self.process = subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{tool.network.watcher}", sys.executable, os.path.abspath(__file__), *addresses],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            moment, address, stations = line.rstrip("\n").split(" ")
            hosts = tuple(self.names.get(station, station) for station in stations.split(",") if station)
            self.seen[address].append((float(moment), hosts))

    def now(self, address):
        seen = self.seen[address]
        return list(seen[-1][1]) if seen else []

    def since(self, address, moment):
        """(moment, hosts) of each change from then on, after the hosts of that moment."""
        seen = self.seen[address]
        before = [change for change in seen if change[0] <= moment]
        return [(moment, before[-1][1] if before else ())] + [change for change in seen if change[0] > moment]

    def duplicates(self, address, moment):
        """(from, to, hosts) of each time in which several hosts carried it."""
        changes = self.since(address, moment)
        ends = [change[0] for change in changes[1:]] + [time.monotonic()]
        return [(begin, end, hosts) for (begin, hosts), end in zip(changes, ends) if len(hosts) > 1]

    def moves(self, address, moment):
        """(moment, hosts): who carried it one after the other, and from when on."""
        carried = [change for change in self.since(address, moment) if change[1]]
        return [change for number, change in enumerate(carried) if number == 0 or change[1] != carried[number - 1][1]]

    def end(self):
        self.process.stdin.close()
        self.process.wait()
        self.reader.join()


if __name__ == "__main__":
    watch(sys.argv[1:])
