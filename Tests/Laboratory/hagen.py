"""Hagen as it is deployed: a topology of this folder is compiled, and each host runs etcd and the agent from the
configuration that was emitted for it. The agents' control sockets say what they think."""
import json, os, shutil, signal, socket, subprocess, sys, time

import network

PORT = 7000
# Of the balancer in front, where the topology has one.
BALANCED_PORT = 7100
CLUSTER = "service"
STORE_PORTS = (2379, 2380)
FREEZE_SECONDS = 3
# What stands in the command lines of the processes on a host.
AGENT, SERVER, STORE = ("failover", "--configuration"), "server.py", "etcd.yaml"
BALANCER = ("balancer", "--configuration")
SUPERVISOR = ("supervise", "--socket")
HERE = os.path.dirname(os.path.abspath(__file__))


def build(root):
    """Of hagen and hagend, for release: the folder that they lie in."""
    command = ["swift", "build", "--package-path", root, "-c", "release"]
    for product in ("hagen", "hagend"):
        subprocess.run(command + ["--product", product], check=True, stdout=sys.stderr)
    return subprocess.run(command + ["--show-bin-path"], check=True, capture_output=True, text=True).stdout.strip()


class Hagen:
    faults = ("host", "host-leader", "standby-leader", "workload", "agent", "planned", "stop", "frozen")
    targets = [f"{network.VIRTUAL}:{PORT}"]

    def __init__(self, folder, label, topology, programs, starts=True):
        """`topology`: a name in the folder of topologies, or a file."""
        self.programs, self.lost = programs, None
        # Of the agents, by host, besides what systemd would set.
        self.environment = {}
        self.release = release = os.path.join(folder, f"{label}-release")
        source = topology if os.path.isabs(topology) else os.path.join(HERE, "topologies", f"{topology}.yaml")
        network.run(os.path.join(programs, "hagen"), "compile", source, "-o", release)
        hosts = sorted(os.listdir(os.path.join(release, "hosts")))
        self.network = network.Network(folder, label, hosts)
        self.hosts = self.network.hosts
        for name, host in self.hosts.items():
            shutil.copytree(os.path.join(release, "hosts", name, "etc", "hagen"), host.etc, dirs_exist_ok=True)
            shutil.copy(os.path.join(HERE, "server.py"), host.etc)
            for part in ("etcd", "failover", "activity"):
                os.makedirs(os.path.join(host.state, part), mode=0o700, exist_ok=True)
        self.members = [name for name, host in self.hosts.items() if os.path.exists(os.path.join(host.etc, "failover.json"))]
        with open(os.path.join(self.hosts[self.members[0]].etc, "failover.json")) as file:
            self.configuration = json.load(file)
        self.stores = [name for name, host in self.hosts.items() if os.path.exists(os.path.join(host.etc, "etcd.yaml"))]
        self.balancers = [name for name, host in self.hosts.items() if os.path.exists(os.path.join(host.etc, "balancer.json"))]
        if self.balancers:
            self.targets = [f"{self.hosts[name].address}:{BALANCED_PORT}" for name in self.balancers]
        self.greeting_port = int(self.configuration["heartbeat"]["listen"].rsplit(":", 1)[1])
        self.credentials()
        for name in self.hosts if starts else ():
            self.start(name)

    def credentials(self):
        """The key of the agents' greetings, where the release names one."""
        key = (self.configuration.get("heartbeat") or {}).get("key")
        if key:
            value = os.urandom(32).hex()
            for host in self.hosts.values():
                os.makedirs(os.path.join(host.etc, "credentials"), exist_ok=True)
                with open(os.path.join(host.etc, "credentials", key), "w") as file:
                    file.write(value)

    def start(self, name):
        """What a boot starts."""
        self.start_store(name)
        if name in self.members:
            self.start_agent(name)
        if name in self.balancers:
            self.start_balancer(name)

    def start_store(self, name):
        if os.path.exists(os.path.join(self.hosts[name].etc, "etcd.yaml")):
            self.hosts[name].start(["etcd", "--config-file", "/etc/hagen/etcd.yaml"], "etcd")

    def start_agent(self, name, program=None):
        host = self.hosts[name]
        host.run("mkdir", "-p", "-m", "755", "/run/hagen/failover")
        host.start([program or os.path.join(self.programs, "hagend"), "failover", "--configuration", "/etc/hagen/failover.json"],
                   "failover", environment={
                       "RUNTIME_DIRECTORY": "/run/hagen/failover", "STATE_DIRECTORY": "/var/lib/hagen/failover",
                       "CREDENTIALS_DIRECTORY": "/etc/hagen/credentials", "SWIFT_BACKTRACE": "enable=no",
                       **self.environment.get(name, {})})

    def start_balancer(self, name):
        host = self.hosts[name]
        host.run("mkdir", "-p", "-m", "755", "/run/hagen/balancer", "/var/lib/hagen/balancer")
        host.start([os.path.join(self.programs, "hagend"), "balancer", "--configuration", "/etc/hagen/balancer.json"],
                   "balancer", environment={
                       "RUNTIME_DIRECTORY": "/run/hagen/balancer", "STATE_DIRECTORY": "/var/lib/hagen/balancer",
                       "CREDENTIALS_DIRECTORY": "/etc/hagen/credentials", "SWIFT_BACKTRACE": "enable=no"})

    # What the agents and the store say

    def ask(self, name, request):
        """The agent's answer over its control socket; nothing when there is none."""
        host = self.hosts[name]
        if not host.is_up:
            return None
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(2)
                connection.connect(os.path.join("/proc", str(host.first), "root", "run/hagen/failover/control.sock"))
                connection.sendall(json.dumps(request).encode() + b"\n")
                return json.loads(connection.makefile().readline())
        except (OSError, ValueError):
            return None

    def clusters(self, name):
        """This host's members of clusters; none while its agent does not answer."""
        answer = self.ask(name, {"status": {}})
        try:
            return answer["status"]["_0"]["detail"]["failover"]["_0"]["clusters"]
        except (TypeError, KeyError):
            return []

    def status(self, name):
        """This host's member of the cluster that the client asks."""
        return next((cluster for cluster in self.clusters(name) if cluster["name"] == CLUSTER), None)

    @property
    def active(self):
        """The one host whose agent says so and that holds the address."""
        found = [name for name in self.members if (self.status(name) or {}).get("role") == "active"]
        holders = [name for name in self.members if self.hosts[name].is_up and self.hosts[name].holds(network.VIRTUAL)]
        return found[0] if len(found) == 1 and found == holders else None

    @property
    def is_healthy(self):
        states = [self.status(name) for name in self.members]
        return self.active and all(state and state["workload"] == "running" for state in states) and self.leader()

    def etcdctl(self, *arguments, host=None):
        name = host or next(name for name in self.stores if self.hosts[name].is_up)
        return self.hosts[name].run("env", "ETCDCTL_API=3", "etcdctl", "--command-timeout=2s", "--endpoints",
                                    ",".join(f"http://{self.hosts[name].address}:2379" for name in self.stores if self.hosts[name].is_up),
                                    *arguments)

    def leader(self):
        """The host of the store's leader, when every member is there and agrees."""
        try:
            found = json.loads(self.etcdctl("endpoint", "status", "--write-out=json"))
        except (RuntimeError, ValueError):
            return None
        leaders = {entry["Status"]["leader"] for entry in found}
        if len(found) < len(self.stores) or len(leaders) != 1:
            return None
        self.store_members = {entry["Endpoint"].split("/")[-1].split(":")[0]: entry["Status"]["header"]["member_id"] for entry in found}
        by_address = {host.address: name for name, host in self.hosts.items()}
        return next((by_address[address] for address, member in self.store_members.items() if member in leaders), None)

    def move_leader(self, name):
        leader = network.wait("the store has a leader", self.leader, 30)
        if leader != name:
            target = self.store_members[self.hosts[name].address]
            self.hosts[leader].run("env", "ETCDCTL_API=3", "etcdctl", "--endpoints",
                                   f"http://{self.hosts[leader].address}:2379", "move-leader", f"{target:x}")
            network.wait(f"the store's leader is on {name}", lambda: self.leader() == name, 10)

    # The benchmark's interface

    def settle(self, fault="none"):
        network.wait("Hagen's members are well", lambda: self.is_healthy, 60)
        active = self.active
        standby = next(name for name in self.members if name != active)
        if fault == "host-leader":
            self.move_leader(active)
        elif fault != "none":
            self.move_leader(standby)
        time.sleep(1.5)
        self.at = network.wait("Hagen has an active member", lambda: self.active, 30)
        self.standby = next(name for name in self.members if name != self.at)

    def patience(self, fault):
        return 20

    def inject(self, fault):
        host = self.hosts[self.at]
        self.lost = {"host": self.at, "host-leader": self.at, "standby-leader": self.standby}.get(fault)
        if self.lost:
            self.hosts[self.lost].lose()
        elif fault == "workload":
            host.kill(SERVER)
        elif fault == "agent":
            host.kill(*AGENT)
            host.kill(SERVER)
        elif fault == "planned":
            self.switch_over(self.standby)
        elif fault == "stop":
            host.signal(signal.SIGTERM, *AGENT)
        elif fault == "frozen":
            host.freeze(*AGENT)
            time.sleep(FREEZE_SECONDS)
            host.resume(*AGENT)

    def repair(self, fault):
        if self.lost:
            self.hosts[self.lost].boot()
            self.start(self.lost)
        if fault == "stop":
            network.wait("the agent has ended", lambda: not self.hosts[self.at].processes(*AGENT), 20)
        if fault in ("agent", "stop"):
            self.start_agent(self.at)

    def switch_over(self, target):
        order = {"switchover": {"cluster": CLUSTER, "target": target, "schedule": {"now": {}}}}
        answer = self.ask(self.at, {"order": {"_0": {"order": order}}})
        if "ordered" not in (answer or {}):
            raise RuntimeError(f"the agent does not take the order to switch over: {answer}")

    def activity(self):
        """(first, last, host, epoch) of each time that a member was active, by what the members wrote down."""
        lives = {}
        for name, host in self.hosts.items():
            path = os.path.join(host.state, "activity", f"{name}.log")
            if os.path.exists(path):
                with open(path) as file:
                    for line in file:
                        fields = line.split()
                        if len(fields) == 3 and line.endswith("\n"):
                            moment, key = int(fields[0]), (name, int(fields[1]), fields[2])
                            first, last = lives.get(key, (moment, moment))
                            lives[key] = (min(first, moment), max(last, moment))
        return sorted((first, last, key[0], key[1]) for key, (first, last) in lives.items())

    def double_holders(self):
        """Pairs of lives that overlap, or whose epochs do not grow: a member that was restarted in place keeps its own."""
        lives = self.activity()
        return [(one, two) for number, two in enumerate(lives) for one in lives[:number]
                if two[0] <= one[1] or two[3] < one[3] or two[3] == one[3] and two[2] != one[2]]
