"""keepalived with a virtual IP on two hosts, as its documentation has it: the first one is preferred, and a script notices
a dead service (every second, the shortest that there is)."""
import os, signal, sys, time

import network

PORT = 7000
CHECK = """#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/7000
"""


class Keepalived:
    faults = ("host", "workload", "agent", "planned", "stop", "frozen")
    targets = [f"{network.VIRTUAL}:{PORT}"]

    def __init__(self, folder, label, advertisement):
        self.advertisement = advertisement
        self.network = network.Network(folder, label, ["h1", "h2"])
        self.hosts = self.network.hosts
        for name, host in self.hosts.items():
            self.configure(name)
            path = os.path.join(host.etc, "check")
            with open(path, "w") as file:
                file.write(CHECK)
            os.chmod(path, 0o755)
            self.serve(name)
            self.run(name)

    def configure(self, name, priority=None):
        priority = priority or {"h1": 150, "h2": 100}[name]
        with open(os.path.join(self.hosts[name].etc, "keepalived.conf"), "w") as file:
            file.write(f"""
global_defs {{
  vrrp_version {3 if self.advertisement < 1 else 2}
  enable_script_security
  script_user root
}}
vrrp_script service {{
  script "/etc/hagen/check"
  interval 1
  fall 1
  rise 1
}}
vrrp_instance address {{
  state BACKUP
  interface eth0
  virtual_router_id 51
  priority {priority}
  advert_int {self.advertisement}
  virtual_ipaddress {{ {network.VIRTUAL}/24 }}
  track_script {{ service }}
}}
""")

    def serve(self, name):
        server = os.path.join(os.path.dirname(os.path.abspath(__file__)), "server.py")
        self.hosts[name].start([sys.executable, server, str(PORT)], "server")

    def run(self, name):
        command = ["keepalived", "--dont-fork", "--log-console", "--log-detail", "-f", "/etc/hagen/keepalived.conf"]
        self.hosts[name].start(command, "keepalived")

    @property
    def active(self):
        """The one host that holds the address, unless none or several do."""
        holders = [name for name, host in self.hosts.items() if host.is_up and host.holds(network.VIRTUAL)]
        return holders[0] if len(holders) == 1 else None

    def settle(self, fault):
        network.wait("keepalived's address is on h1 alone", lambda: self.active == "h1", 30)
        # The script has run, and so have advertisements.
        time.sleep(1.5)

    def patience(self, fault):
        return 10

    def inject(self, fault):
        host = self.hosts["h1"]
        if fault == "host":
            host.lose()
        elif fault == "workload":
            host.kill("server.py")
        elif fault == "agent":
            host.kill("keepalived")
            host.kill("server.py")
        elif fault == "planned":
            self.configure("h1", priority=50)
            os.kill(min(host.processes("keepalived")), signal.SIGHUP)
        elif fault == "stop":
            # Its first process: the others are told by it.
            os.kill(min(host.processes("keepalived")), signal.SIGTERM)
        elif fault == "frozen":
            host.freeze("keepalived")
            # Longer than the other one waits.
            time.sleep(4 * self.advertisement + 2)
            host.resume("keepalived")

    def repair(self, fault):
        host = self.hosts["h1"]
        if fault == "host":
            host.boot()
        if fault == "agent" and host.holds(network.VIRTUAL):
            host.run("ip", "address", "delete", f"{network.VIRTUAL}/24", "dev", "eth0")
        if fault in ("host", "workload", "agent"):
            self.serve("h1")
        if fault == "stop":
            network.wait("keepalived has ended", lambda: not host.processes("keepalived"), 10)
        if fault in ("host", "agent", "stop"):
            self.run("h1")
        if fault == "planned":
            self.configure("h1")
            os.kill(min(host.processes("keepalived")), signal.SIGHUP)
