"""Hosts on one machine, and real faults in them and between them.

Each host has namespaces of its own for network, processes, mounts and its name, and hangs on one bridge with a client. Its
`/run` is lost with it; `/etc/hagen` and `/var/lib/hagen` are folders of the laboratory that outlive it, and `/usr/local/sbin`
is one that all hosts share. The whole
laboratory runs in one more set of namespaces, so that nothing of it is seen from outside, and all of it ends with its
first process, however that ends: the kernel sees to it. Needs root.
"""
import json, os, shutil, signal, subprocess, sys, tempfile, time

SUBNET = "10.77.0"
VIRTUAL = f"{SUBNET}.100"
CLIENT = f"{SUBNET}.9"
WATCHER = "02:00:00:00:00:08"
# What a host does: mounts its folders, says so, and waits for the processes that lost their parents.
BOOT = """
mount -t tmpfs tmpfs /run && mkdir -p /run/lock /run/etc /run/work &&
mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/etc,workdir=/run/work /etc && mkdir -p /etc/hagen &&
mount -t tmpfs tmpfs /var/lib && mkdir -p /var/lib/hagen &&
mount --bind "$1" /etc/hagen && mount --bind "$2" /var/lib/hagen && mount --bind "$4" /usr/local/sbin && hostname "$3" &&
echo up
while :; do sleep 1000 & wait $!; done
"""


def enter():
    """Starts this program again, as the first process of namespaces of its own; returns there, with the folder for all that
    is written. The folder is removed at the end."""
    folder = os.environ.pop("HAGEN_LABORATORY", None)
    if folder and os.getpid() == 1:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return folder
    if os.geteuid() != 0:
        sys.exit("only root can make hosts of namespaces")
    with tempfile.TemporaryDirectory(prefix="hagen laboratory ") as folder:
        # Databases run as users of their own.
        os.chmod(folder, 0o755)
        process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--net", "--ipc", "--fork", "--kill-child", "--mount-proc", "--propagation",
             "private", sys.executable, *sys.argv], env={**os.environ, "HAGEN_LABORATORY": folder})
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: process.kill())
        sys.exit(process.wait())


def wait(what, condition, seconds):
    """The first true value of the condition; ends the program when there is none in time."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s: {what}")
        time.sleep(0.01)


def run(*command, text=None):
    result = subprocess.run(command, input=text, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{' '.join(command)}: {result.stderr.strip() or result.returncode}")
    return result.stdout


class Host:
    """A computer that can be switched off, frozen and cut off."""

    def __init__(self, network, name, number):
        self.network, self.name, self.address = network, name, f"{SUBNET}.{10 + number}"
        self.space, self.port = f"{network.label}-{name}", f"{network.label}-{name}"
        # The same network card after each boot.
        self.hardware = f"02:00:00:00:00:{10 + number:02x}"
        self.folder = os.path.join(network.folder, name)
        self.etc, self.state = os.path.join(self.folder, "etc"), os.path.join(self.folder, "state")
        for folder in (self.etc, self.state):
            os.makedirs(folder, exist_ok=True)
        self.init = self.first = None
        self.started = []

    def boot(self):
        self.network.connect(self.space, self.port, self.address, self.hardware)
        with open(self.log("boot"), "ab") as file:
            self.init = subprocess.Popen(
                ["nsenter", f"--net=/run/netns/{self.space}", "unshare", "--mount", "--pid", "--uts", "--ipc", "--fork",
                 "--kill-child", "--mount-proc", "bash", "-c", BOOT, "boot", self.etc, self.state, self.name,
                 self.network.programs],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=file, text=True, start_new_session=True)
        if self.init.stdout.readline() != "up\n":
            raise RuntimeError(f"host {self.name} does not boot: see {self.log('boot')}")
        with open(f"/proc/{self.init.pid}/task/{self.init.pid}/children") as file:
            self.first = int(file.read())
        self.processes_space = os.readlink(f"/proc/{self.first}/ns/pid")

    @property
    def is_up(self):
        return self.init is not None

    def lose(self):
        """Power lost: the link goes down, and everything on it ends at once. Its disk stays."""
        run("ip", "link", "set", self.port, "down")
        os.kill(self.first, signal.SIGKILL)
        # A frozen process freezes the one that entered the host for it, and that one has to see its end.
        for process in self.started:
            process.send_signal(signal.SIGCONT)
            process.wait()
        self.init.wait()
        self.init.stdout.close()
        self.init = self.first = None
        self.started = []
        self.network.disconnect(self.space, self.port)

    def command(self, *command):
        """What runs the command on this host."""
        return ["nsenter", f"--target={self.first}", "--net", "--mount", "--pid", "--uts", "--ipc", "--", *command]

    def run(self, *command, text=None):
        return run(*self.command(*command), text=text)

    def start(self, command, log, environment=None, user=None):
        """Starts a process with a session of its own; its output is appended to the host's file of that name."""
        # Those that have ended.
        self.started = [process for process in self.started if process.poll() is None]
        if user:
            command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *command]
        with open(self.log(log), "ab") as file:
            process = subprocess.Popen(
                self.command(*command), stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True,
                cwd="/", env={**os.environ, "LC_ALL": "C", **(environment or {})})
        self.started.append(process)
        return process

    def log(self, name):
        return os.path.join(self.folder, f"{name}.log")

    def processes(self, *words):
        """The host's processes whose command lines have all these words, by the ids that are valid here."""
        found = []
        for entry in os.listdir("/proc"):
            try:
                if entry.isdigit() and os.readlink(f"/proc/{entry}/ns/pid") == self.processes_space:
                    with open(f"/proc/{entry}/cmdline", "rb") as file:
                        line = file.read().decode(errors="replace").split("\0")
                    if int(entry) != self.first and all(any(word in part for part in line) for word in words):
                        if any(line):
                            found.append(int(entry))
            except OSError:
                pass
        return found

    def signal(self, number, *words):
        processes = self.processes(*words)
        if not processes:
            raise RuntimeError(f"host {self.name} runs no process of {' '.join(words)}")
        for process in processes:
            os.kill(process, number)
        return processes

    def kill(self, *words):
        return self.signal(signal.SIGKILL, *words)

    def freeze(self, *words):
        return self.signal(signal.SIGSTOP, *words)

    def resume(self, *words):
        return self.signal(signal.SIGCONT, *words)

    def holds(self, address):
        links = json.loads(run("ip", "-n", self.space, "-json", "address", "show", "dev", "eth0"))
        return any(address == found.get("local") for link in links for found in link.get("addr_info", []))


class Network:
    """A bridge with hosts and a client. Faults between them are rules on the bridge, kept until `heal`."""

    def __init__(self, folder, label, names):
        self.folder, self.label, self.bridge = os.path.join(folder, label), label, f"{label}-bridge"
        self.programs = os.path.join(self.folder, "programs")
        os.makedirs(self.programs, exist_ok=True)
        run("ip", "link", "add", self.bridge, "type", "bridge", "forward_delay", "0", "mcast_snooping", "0")
        run("ip", "link", "set", self.bridge, "up")
        self.rules = []
        self.apply()
        self.hosts = {name: Host(self, name, number) for number, name in enumerate(names, 1)}
        for host in self.hosts.values():
            host.boot()
        self.client, self.watcher = f"{label}-client", f"{label}-watcher"
        self.connect(self.client, self.client, CLIENT, "02:00:00:00:00:09")
        self.connect(self.watcher, self.watcher, None, WATCHER)

    def connect(self, space, port, address, hardware):
        run("ip", "netns", "add", space)
        run("ip", "-n", space, "link", "set", "lo", "up")
        run("ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "address", hardware, "netns", space)
        run("ip", "link", "set", port, "master", self.bridge, "up")
        if address:
            run("ip", "-n", space, "address", "add", f"{address}/24", "dev", "eth0")
        run("ip", "-n", space, "link", "set", "eth0", "up")

    def disconnect(self, space, port):
        run("ip", "link", "delete", port)
        run("ip", "netns", "delete", space)

    # Faults of the network

    def hole(self, name):
        """Nothing reaches the host or leaves it, and it is not told: its link stays up."""
        self.drop(f'iifname "{self.port(name)}"', f'oifname "{self.port(name)}"')

    def split(self, name, others=None, takes_client=False):
        """The host and the others do not hear each other; the client reaches all, or the host alone."""
        for other in others or self.others(name):
            self.one_way(name, other)
            self.one_way(other, name)
            if takes_client:
                self.drop(f'iifname "{self.client}" oifname "{self.port(other)}"')
                self.drop(f'iifname "{self.port(other)}" oifname "{self.client}"')

    def one_way(self, source, target):
        """What one host sends the other is lost, not what it is sent."""
        self.drop(f'iifname "{self.port(source)}" oifname "{self.port(target)}"')

    def isolate(self, name, protocol, ports):
        """Only these ports of the protocol, here and there, are cut between the host and the others."""
        listed = "{ " + ", ".join(map(str, ports)) + " }"
        for other in self.others(name):
            for pair in ((name, other), (other, name)):
                way = f'iifname "{self.port(pair[0])}" oifname "{self.port(pair[1])}"'
                self.drop(f"{way} {protocol} dport {listed}", f"{way} {protocol} sport {listed}")

    def lose_packets(self, percent):
        """Of everything that crosses the bridge."""
        self.drop(f'iifname "{self.label}-*" numgen random mod 1000 < {int(percent * 10)}')

    def heal(self):
        self.rules = []
        self.apply()

    def drop(self, *matches):
        self.rules += [f"{match} counter drop" for match in matches]
        self.apply()

    def dropped(self):
        """Packets that the rules in force have dropped."""
        listed = json.loads(run("nft", "-j", "list", "table", "bridge", self.label))
        return sum(part["counter"]["packets"] for entry in listed["nftables"] for part in entry.get("rule", {}).get("expr", [])
                   if "counter" in part)

    def apply(self):
        rules = "\n".join(self.rules)
        run("nft", "-f", "-", text=f"""
table bridge {self.label} {{}}
delete table bridge {self.label}
table bridge {self.label} {{
  chain forward {{
    type filter hook forward priority 0
{rules}
  }}
}}
""")

    def port(self, name):
        return self.hosts[name].port

    def others(self, name):
        return [other for other in self.hosts if other != name]
