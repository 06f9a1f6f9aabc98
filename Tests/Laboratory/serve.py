#!/usr/bin/env python3
"""Hagen in the laboratory for another program, such as a test: each line of standard input is a request in words, each line
of standard output its answer in JSON, which has `problem` where it failed. All ends with standard input.

    serve.py FOLDER-OF-PROGRAMS [TOPOLOGY]
"""
import dataclasses, datetime, json, os, shlex, signal, struct, subprocess, sys, time

import client, hagen, network
from carriers import Carriers
from observer import Observer
from switch import Switch

KINDS = {
    "agent": hagen.AGENT, "server": (hagen.SERVER,), "store": (hagen.STORE,), "supervisor": hagen.SUPERVISOR,
    "balancer": hagen.BALANCER}
# How long a host must have been well until it gets its addresses back; deployed ones wait longer.
GIVE_BACK = "4s"


class Laboratory:
    def __init__(self, folder, programs, topology="default"):
        self.tool = hagen.Hagen(folder, "lab", topology, programs, starts=False)
        self.network, self.hosts = self.tool.network, self.tool.hosts
        self.addresses = self._prepare()
        self.switch = Switch(self.network)
        clock = os.path.join(folder, "clock.so")
        network.run("clang", "-shared", "-fPIC", "-O2", "-o", clock, os.path.join(hagen.HERE, "clock.c"))
        for name in self.hosts:
            self.set_clock(name, 0)
            self.tool.environment[name] = {
                # No spaces may stand in the name of what is loaded.
                "LD_PRELOAD": "/etc/hagen/clock.so", "LABORATORY_CLOCK": "/etc/hagen/clock"}
            network.run("cp", clock, self.hosts[name].etc)
            self.tool.start(name)
        self.observer, self.observers, self.carriers = None, {}, None
        self.mark()

    def _prepare(self):
        """Shortens what nobody wants to wait for. Returns the virtual IPs."""
        addresses = set()
        for name in self.tool.members:
            path = os.path.join(self.hosts[name].etc, "failover.json")
            with open(path) as file:
                configuration = json.load(file)
            for cluster in configuration["clusters"]:
                addresses.update(found["address"] for found in cluster["addresses"])
                if cluster.get("giveBackAfter"):
                    cluster["giveBackAfter"] = GIVE_BACK
            with open(path, "w") as file:
                json.dump(configuration, file)
        return sorted(addresses)

    def repair(self):
        """Ends every fault that is left, and the clients."""
        for ended in (self.observer, self.carriers, *self.observers.values()):
            if ended:
                ended.end()
        self.observer, self.observers, self.carriers = None, {}, None
        self.switch.repair()
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
        """Of all that members wrote down since the beginning, or since it was forgotten, and who wrote down anything."""
        return {"doubles": [f"{one} and {two}" for one, two in self.tool.double_holders()],
                "lives": sorted({life[2] for life in self.tool.activity()})}

    def forget(self):
        """Two members that were active at once on purpose must not count for what comes next."""
        for host in self.hosts.values():
            folder = os.path.join(host.state, "activity")
            for name in os.listdir(folder) if os.path.isdir(folder) else ():
                os.truncate(os.path.join(folder, name), 0)

    def lives(self, name):
        """When that host's last life ended, and when the first one of another began after the fault, in seconds from it."""
        lives = [(first / 1e9 - self.boottime, last / 1e9 - self.boottime, host) for first, last, host, _ in self.tool.activity()]
        return {"ended": max((last for _, last, host in lives if host == name), default=None),
                "begun": min((first for first, _, host in lives if host != name and first > 0), default=None)}

    def dropped(self):
        return {"packets": self.network.dropped()}

    def readme(self):
        """What the compiler says of the topology to people."""
        with open(os.path.join(self.tool.release, "README.md")) as file:
            return {"text": file.read()}

    def logs(self, name):
        with open(self.hosts[name].log("failover")) as file:
            return {"text": file.read()[-6000:]}

    # What the client sees

    def observe(self):
        self.observer = Observer(self.tool)
        network.wait("the first answers", lambda: len(self.observer.answers) > 30, 20)
        self.mark()

    def observe_each(self, *targets):
        """One client for each of them."""
        self.observers = {target: Observer(self.tool, [target]) for target in targets}
        network.wait("the first answers", lambda: all(len(found.answers) > 30 for found in self.observers.values()), 20)
        self.mark()

    def report_each(self):
        answer = {"outages": {}, "overlaps": 0}
        for target, observer in self.observers.items():
            begin, end = observer.longest_gap(self.moment)
            answer["outages"][target] = end - begin - observer.stalled(begin, end)
            # Each member has epochs of its own, and behind a balancer they take turns.
            if target.endswith(f":{hagen.PORT}"):
                answer["overlaps"] += len(client.overlaps([dataclasses.replace(found, epoch=0) for found in observer.answers]))
        return answer

    def watch(self):
        """Looks from now on which hosts answer for the virtual IPs."""
        self.carriers = Carriers(self.tool, self.addresses)
        network.wait("the watcher has looked", lambda: all(self.carriers.seen.values()), 10)

    def await_carried(self, seconds, *places):
        """`ADDRESS=HOST`, or `ADDRESS` for one that any one host carries."""
        wanted = [place.split("=") for place in places]
        network.wait(f"these are carried: {' '.join(places)}", lambda: all(
            self.carriers.now(address) in ([host] if host else [[name] for name, found in self.hosts.items() if found.is_up])
            for address, *host in wanted), float(seconds))

    def carried(self):
        """Since the fault: who carried each address one after the other, and where several did at once."""
        moves = {address: self.carriers.moves(address, self.moment) for address in self.addresses}
        return {"moves": {address: [" and ".join(hosts) for _, hosts in found] for address, found in moves.items()},
                "moved": {address: found[-1][0] - self.moment for address, found in moves.items() if found},
                "duplicates": [f"{address} by {' and '.join(hosts)} for {end - begin:.3f} s" for address in self.addresses
                               for begin, end, hosts in self.carriers.duplicates(address, self.moment)]}

    def await_holders(self, seconds, count):
        """Until so many hosts have the address, also those that do not answer for it."""
        network.wait(f"{count} hosts have the address", lambda: len(self.holders()["hosts"]) == int(count), float(seconds))
        return {"hosts": self.holders()["hosts"], "passed": time.monotonic() - self.moment}

    def go_on(self, seconds):
        time.sleep(float(seconds))

    def mark(self):
        """The fault comes now: what is reported counts from here."""
        self.moment, self.boottime = time.monotonic(), time.clock_gettime(time.CLOCK_BOOTTIME)

    def await_service(self, seconds, other_than=None):
        network.wait("clients are served", lambda: self.observer.is_served(self.moment, other_than), float(seconds))

    def report(self):
        begin, end = self.observer.longest_gap(self.moment)
        answers = [answer for answer in self.observer.answers if answer.end > self.moment]
        return {
            # A time in which nothing ran on this machine is nobody's outage.
            "outage": end - begin - self.observer.stalled(begin, end), "outageBegin": begin - self.moment, "overlaps": len(client.overlaps(self.observer.answers)),
            "answers": len(answers), "served": min((answer.end - self.moment for answer in answers), default=None),
            "last": max((answer.end - self.moment for answer in answers), default=None),
            "hosts": sorted({answer.host for answer in answers}),
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

    def freeze_extended(self, name):
        """The agent and its supervisor hang just after the virtual IP got a new life from them: it stays for as long as it can."""
        host = self.hosts[name]
        processes = [host.processes(*KINDS[kind]) for kind in ("agent", "supervisor")]
        if not all(processes):
            raise RuntimeError(f"host {name} does not run an agent and its supervisor: {processes}")
        with subprocess.Popen(["ip", "-n", host.space, "-o", "monitor", "address"], stdout=subprocess.PIPE, text=True) as monitor:
            next(line for line in monitor.stdout if f"{network.VIRTUAL}/" in line)
            for process in sum(processes, []):
                os.kill(process, signal.SIGSTOP)
            monitor.kill()
        self.mark()

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

    def pause_and_resume(self, name):
        """Something that every agent notes down."""
        for order, is_paused in (("pause", True), ("resume", False)):
            answer = self.tool.ask(name, {"order": {"_0": {"order": {order: {"cluster": hagen.CLUSTER}}}}})
            if "ordered" not in (answer or {}):
                raise RuntimeError(f"the agent does not take the order: {answer}")
            network.wait(f"every agent knows of the order to {order}", lambda: all(
                ((self.tool.status(member) or {}).get("pause") is not None) == is_paused for member in self.tool.members), 10)

    def ahead(self, name, other):
        """How much the host's agent's notes are ahead of the other's, in seconds, by what both noted down last."""
        one, two = ([event for event in self._events(host) if event["kind"] == "resumed"][-1] for host in (name, other))
        moments = [datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00")) for event in (one, two)]
        return {"seconds": (moments[0] - moments[1]).total_seconds()}

    def events(self, name, kind=None):
        """What its agent noted down, in words."""
        return {"events": [event["words"] for event in self._events(name) if kind in (None, event["kind"])]}

    def _events(self, name):
        return self.tool.ask(name, {"events": {"_0": {"cluster": hagen.CLUSTER, "limit": 200}}})["events"]["_0"]

    def fence_mode(self, name, mode):
        """The fence agents of that host work, fail or hang."""
        self.switch.set_mode(name, mode)

    def fences(self):
        """`HOST ACTION TARGET RESULT` of all that fence agents were asked since the fault, and when one first said off."""
        notes = [note for note in self.switch.notes() if note[0] > self.boottime]
        confirmed = [moment - self.boottime for moment, words in notes if words[1] == "status" and words[3] == "2"]
        return {"events": [" ".join(words) for _, words in notes], "passed": min(confirmed, default=None)}

    def has_clock(self, name):
        return os.path.exists(os.path.join(self.hosts[name].etc, "clock"))

    def hole(self, name):
        self.network.hole(name)

    def split(self, name, *client):
        """With `client`, that one is on the host's side."""
        self.network.split(name, takes_client=client == ("client",))

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
