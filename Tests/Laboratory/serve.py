#!/usr/bin/env python3
"""Hagen in the laboratory for another program, such as a test: each line of standard input is a request in words, each line
of standard output its answer in JSON, which has `problem` where it failed. All ends with standard input.

    serve.py FOLDER-OF-PROGRAMS [TOPOLOGY]
"""
import json, os, shlex, signal, struct, sys, time

import client, hagen, network
from observer import Observer

KINDS = {"agent": hagen.AGENT, "server": (hagen.SERVER,), "store": (hagen.STORE,)}


class Laboratory:
    def __init__(self, folder, programs, topology="default"):
        self.tool = hagen.Hagen(folder, "lab", topology, programs, starts=False)
        self.network, self.hosts = self.tool.network, self.tool.hosts
        clock = os.path.join(folder, "clock.so")
        network.run("clang", "-shared", "-fPIC", "-O2", "-o", clock, os.path.join(hagen.HERE, "clock.c"))
        for name in self.hosts:
            self.set_clock(name, 0)
            self.tool.environment[name] = {
                # No spaces may stand in the name of what is loaded.
                "LD_PRELOAD": "/etc/hagen/clock.so", "LABORATORY_CLOCK": "/etc/hagen/clock"}
            network.run("cp", clock, self.hosts[name].etc)
            self.tool.start(name)
        self.observer = None
        self.moment = time.monotonic()

    def repair(self):
        """Ends every fault that is left, and the client."""
        if self.observer:
            self.observer.end()
            self.observer = None
        self.network.heal()
        for name, host in self.hosts.items():
            if not host.is_up:
                self.boot(name)
                continue
            self.set_clock(name, 0)
            for process in host.processes():
                os.kill(process, signal.SIGCONT)
            if not host.processes(hagen.STORE):
                self.tool.start_store(name)
            if name in self.tool.members and not host.processes(*hagen.AGENT):
                self.tool.start_agent(name)
            if name in self.tool.balancers and not host.processes(*hagen.BALANCER):
                self.tool.start_balancer(name)

    # Where things are

    def settle(self, fault="none"):
        self.tool.settle(fault)
        return {"active": self.tool.at, "standby": self.tool.standby, "epoch": self.tool.status(self.tool.at)["epoch"]}

    def status(self, name):
        # What keeps a member from taking over is its problem, and none of the request's.
        return {key: value for key, value in (self.tool.status(name) or {}).items() if key != "problem"}

    def processes(self, name, kind):
        return {"processes": self.hosts[name].processes(*KINDS[kind])}

    def holders(self):
        return {"hosts": [name for name, host in self.hosts.items() if host.is_up and host.holds(network.VIRTUAL)]}

    def doubles(self):
        return {"doubles": [f"{one} and {two}" for one, two in self.tool.double_holders()]}

    def logs(self, name):
        with open(self.hosts[name].log("failover")) as file:
            return {"text": file.read()[-6000:]}

    # What the client sees

    def observe(self):
        self.observer = Observer(self.tool)
        network.wait("the first answers", lambda: len(self.observer.answers) > 30, 20)
        self.mark()

    def go_on(self, seconds):
        time.sleep(float(seconds))

    def mark(self):
        """The fault comes now: what is reported counts from here."""
        self.moment = time.monotonic()

    def await_service(self, seconds, other_than=None):
        network.wait("clients are served", lambda: self.observer.is_served(self.moment, other_than), float(seconds))

    def report(self):
        begin, end = self.observer.longest_gap(self.moment)
        answers = [answer for answer in self.observer.answers if answer.end > self.moment]
        return {
            # A time in which nothing ran on this machine is nobody's outage.
            "outage": end - begin - self.observer.stalled(begin, end), "outageBegin": begin - self.moment, "overlaps": len(client.overlaps(self.observer.answers)),
            "answers": len(answers), "hosts": sorted({answer.host for answer in answers}),
            "epoch": max((answer.epoch for answer in self.observer.answers), default=0)}

    def end(self):
        answer = self.report()
        self.observer.end()
        self.observer = None
        return answer

    # Faults, and what ends them

    def lose(self, name):
        self.hosts[name].lose()

    def boot(self, name):
        self.hosts[name].boot()
        self.tool.start(name)

    def kill(self, name, kind):
        self.hosts[name].kill(*KINDS[kind])

    def freeze(self, name, kind):
        self.hosts[name].freeze(*KINDS[kind])

    def resume(self, name, kind):
        self.hosts[name].resume(*KINDS[kind])

    def start(self, name, kind):
        {"agent": self.tool.start_agent, "store": self.tool.start_store}[kind](name)

    def upgrade(self, name):
        """Another file in the program's place, and the agent started anew from it, as systemd does after a crash."""
        program = os.path.join(self.hosts[name].folder, "hagend")
        copy = f"{program}.new"
        network.run("cp", "--reflink=auto", os.path.join(self.tool.programs, "hagend"), copy)
        os.rename(copy, program)
        self.hosts[name].kill(*hagen.AGENT)
        self.tool.start_agent(name, program=program)

    def set_clock(self, name, seconds):
        """The wall clock of what the agent started, and its own, so much ahead of the machine's."""
        with open(os.path.join(self.hosts[name].etc, "clock"), "r+b" if self.has_clock(name) else "wb") as file:
            file.write(struct.pack("q", int(seconds)))

    def has_clock(self, name):
        return os.path.exists(os.path.join(self.hosts[name].etc, "clock"))

    def hole(self, name):
        self.network.hole(name)

    def split(self, name):
        self.network.split(name)

    def isolate(self, name, kind):
        if kind == "store":
            self.network.isolate(name, "tcp", hagen.STORE_PORTS)
        else:
            self.network.isolate(name, "udp", [self.tool.greeting_port])

    def one_way(self, source, target):
        self.network.one_way(source, target)

    def packet_loss(self, percent):
        self.network.lose_packets(float(percent))

    def heal(self):
        self.network.heal()


def main():
    programs = os.path.abspath(sys.argv[1])
    laboratory = Laboratory(network.enter(), programs, *sys.argv[2:])
    requests = {name for name in vars(Laboratory) if not name.startswith("_")}
    for line in sys.stdin:
        words = shlex.split(line)
        try:
            if words[0] not in requests:
                raise ValueError(f"there is no request '{words[0]}'")
            answer = getattr(laboratory, words[0])(*words[1:]) or {}
        except Exception as error:
            answer = {"problem": f"{line.strip()}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
