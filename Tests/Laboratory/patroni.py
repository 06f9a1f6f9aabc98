"""Patroni and PostgreSQL 15 on three hosts with etcd, at the shortest times that its documentation allows (ttl 20,
loop_wait 1, retry_timeout 3). Run as a program, with the host's name, it is the server that a client asks: it writes a row for
every answer, and the epoch is the timeline that the row was written in.

The client asks all hosts every time, so that what is measured is Patroni, and not a balancer before it.
"""
import json, os, shutil, signal, socket, sys, time

PORT = 7000
PROGRAMS = "/usr/lib/postgresql/15/bin"
NAMES = ("h1", "h2", "h3")
INSERT = """
insert into answers default values
returning ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int"""


class Patroni:
    faults = ("host", "workload", "agent", "planned", "stop", "frozen")
    ttl, loop, retry = 20, 1, 3

    def __init__(self, folder, label):
        import network
        self.wait = network.wait
        self.network = network.Network(folder, label, NAMES)
        self.hosts = self.network.hosts
        self.targets = [f"{host.address}:{PORT}" for host in self.hosts.values()]
        self.at = "h1"
        for name, host in self.hosts.items():
            shutil.chown(host.state, "postgres", "postgres")
            self.configure(host)
            self.store(host)
        self.run("h1")
        self.wait("Patroni's first member leads", lambda: self.members().get("h1", {}).get("Role") == "Leader", 90)
        self.run("h2")
        self.run("h3")
        self.wait("Patroni's members are there", lambda: self.healthy, 120)
        self.hosts["h1"].run("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "psql", "--host=/run",
                             "--command=create table answers (number bigserial primary key)", "postgres")

    def store(self, host):
        url = f"http://{host.address}"
        members = ",".join(f"{other.name}={'http://' + other.address}:2380" for other in self.hosts.values())
        host.start(["etcd", "--name", host.name, "--data-dir", "/var/lib/hagen/etcd", "--listen-peer-urls", f"{url}:2380",
                    "--initial-advertise-peer-urls", f"{url}:2380", "--listen-client-urls", f"{url}:2379",
                    "--advertise-client-urls", f"{url}:2379", "--initial-cluster", members], "etcd", user="postgres")

    def run(self, name):
        # Its sockets lie there.
        self.hosts[name].run("chmod", "1777", "/run")
        self.hosts[name].start(["/usr/bin/patroni", "/etc/hagen/patroni.yml"], "patroni", user="postgres")
        self.hosts[name].start(["/usr/bin/python3", os.path.abspath(__file__), name], "server", user="postgres")

    def configure(self, host):
        endpoints = ", ".join(f"'{other.address}:2379'" for other in self.hosts.values())
        with open(os.path.join(host.etc, "patroni.yml"), "w") as file:
            file.write(f"""
scope: laboratory
name: {host.name}
restapi: {{listen: '{host.address}:8008', connect_address: '{host.address}:8008'}}
etcd3: {{hosts: [{endpoints}]}}
bootstrap:
  dcs:
    ttl: {self.ttl}
    loop_wait: {self.loop}
    retry_timeout: {self.retry}
    maximum_lag_on_failover: 1048576
    postgresql:
      use_pg_rewind: true
      use_slots: true
      parameters: {{max_connections: 40, shared_buffers: 64MB, wal_log_hints: 'on', wal_keep_size: 256MB}}
  initdb: [{{encoding: UTF8}}, data-checksums, {{locale: C}}]
postgresql:
  listen: '{host.address},127.0.0.1:5432'
  connect_address: '{host.address}:5432'
  data_dir: /var/lib/hagen/data
  bin_dir: {PROGRAMS}
  pgpass: /run/pgpass
  pg_hba: ['host all all 0.0.0.0/0 trust', 'host replication all 0.0.0.0/0 trust', 'local all all trust']
  authentication:
    replication: {{username: replicator, password: secret}}
    superuser: {{username: postgres, password: secret}}
    rewind: {{username: rewinder, password: secret}}
  parameters: {{unix_socket_directories: /run}}
""")

    def members(self):
        """By name, as the first host that answers sees them."""
        for host in self.hosts.values():
            if host.is_up:
                try:
                    listed = host.run("patronictl", "-c", "/etc/hagen/patroni.yml", "list", "--format", "json")
                    return {member["Member"]: member for member in json.loads(listed)}
                except (RuntimeError, ValueError):
                    pass
        return {}

    @property
    def active(self):
        members = self.members()
        leaders = [name for name, member in members.items() if member["Role"] == "Leader" and member["State"] == "running"]
        return leaders[0] if len(leaders) == 1 else None

    @property
    def healthy(self):
        members = self.members()
        leader = [member for member in members.values() if member["Role"] == "Leader"]
        return len(members) == 3 and len(leader) == 1 and all(
            member["State"] in ("running", "streaming") and member.get("TL") == leader[0].get("TL")
            and not member.get("Lag in MB") for member in members.values())

    def settle(self, fault):
        self.wait("Patroni's members stream", lambda: self.healthy, 180)
        self.at = self.active
        time.sleep(2)

    def patience(self, fault):
        return 2 * self.ttl + 30

    def inject(self, fault):
        host = self.hosts[self.at]
        if fault == "host":
            host.lose()
        elif fault == "workload":
            host.kill(f"{PROGRAMS}/postgres", "/var/lib/hagen/data")
        elif fault == "agent":
            host.kill("/usr/bin/patroni")
            host.kill(f"{PROGRAMS}/postgres", "/var/lib/hagen/data")
        elif fault == "planned":
            candidate = next(name for name in NAMES if name != self.at)
            host.run("patronictl", "-c", "/etc/hagen/patroni.yml", "switchover", "--leader", self.at, "--candidate",
                     candidate, "--force")
        elif fault == "stop":
            host.signal(signal.SIGTERM, "/usr/bin/patroni")
        elif fault == "frozen":
            host.freeze("/usr/bin/patroni")
            time.sleep(self.ttl + 10)
            host.resume("/usr/bin/patroni")

    def repair(self, fault):
        if fault == "host":
            self.hosts[self.at].boot()
            self.store(self.hosts[self.at])
            # Patroni 3.0 ends when it does not reach the store at its start.
            time.sleep(4)
            self.run(self.at)
        if fault == "stop":
            self.wait("Patroni has ended", lambda: not self.hosts[self.at].processes("/usr/bin/patroni"), 60)
        if fault in ("agent", "stop"):
            self.hosts[self.at].kill("patroni.py")
            self.run(self.at)


def answer(host):
    import psycopg2
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("0.0.0.0", PORT))
    server.listen(1024)
    database = None
    while True:
        connection, _ = server.accept()
        with connection:
            try:
                if database is None:
                    database = psycopg2.connect(host="/run", user="postgres", dbname="postgres")
                    database.autocommit = True
                with database.cursor() as cursor:
                    cursor.execute(INSERT)
                    connection.send(f"{host} active {cursor.fetchone()[0]}\n".encode())
            except psycopg2.errors.ReadOnlySqlTransaction:
                connection.send(f"{host} standby 0\n".encode())
            except psycopg2.Error:
                database = None
            except OSError:
                # The client went away.
                pass


if __name__ == "__main__":
    answer(sys.argv[1])
