"""The device behind the laboratory's fence agents: switches hosts off when it is told to, and says so once they are."""
import os, shutil, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
AGENT = "fence_laboratory"


class Switch:
    def __init__(self, network):
        self.hosts = network.hosts
        shutil.copy(os.path.join(HERE, AGENT), network.programs)
        self.folder = os.path.join(network.programs, "power")
        os.makedirs(self.folder, exist_ok=True)
        threading.Thread(target=self.obey, daemon=True).start()

    def obey(self):
        while True:
            for name, host in self.hosts.items():
                if os.path.exists(self.path(name, "order")):
                    if host.is_up:
                        host.lose()
                    with open(self.path(name, "off"), "w"):
                        os.remove(self.path(name, "order"))
            time.sleep(0.01)

    def path(self, name, kind):
        return os.path.join(self.folder, f"{name}.{kind}")

    def set_mode(self, name, mode):
        with open(self.path(name, "mode"), "w", encoding="ascii") as file:
            file.write(mode)

    def notes(self):
        """(moment, words) of each answer of a fence agent; moments of the clock that counts all time since boot."""
        path = os.path.join(self.folder, "notes")
        if not os.path.exists(path):
            return []
        with open(path, encoding="ascii") as file:
            return [(float(fields[0]), fields[1:]) for fields in map(str.split, file)]

    def repair(self):
        """Everything works, and may be switched on."""
        for name in self.hosts:
            for kind in ("off", "mode"):
                if os.path.exists(self.path(name, kind)):
                    os.remove(self.path(name, kind))
