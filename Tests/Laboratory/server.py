#!/usr/bin/env python3
"""The workload of the laboratory: answers each connection with 'HOST ROLE EPOCH' and closes it.

    server.py PORT [ACTIVITY-FOLDER]

Under Hagen it is a hot standby: SIGHUP tells it that HAGEN_ROLE_FILE has changed. Without Hagen it is always active, with the
epoch 0. While it is active it appends 'NANOSECONDS EPOCH PROCESS' every 5 ms to HOST.log in the activity folder, by the clock
that all hosts of the laboratory share: no two hosts' times may overlap, whatever a client sees.
"""
import os, selectors, signal, socket, sys, time

# Its default is to end the process, and it may come at any time.
signal.signal(signal.SIGHUP, lambda *_: None)

HOST = os.environ.get("HAGEN_HOST") or socket.gethostname()
NOTE_SECONDS = 0.005


def role():
    """(role, epoch) as they are now."""
    path = os.environ.get("HAGEN_ROLE_FILE")
    if path:
        with open(path, encoding="ascii") as file:
            name, epoch = file.read().split()
            return name, int(epoch)
    return os.environ.get("HAGEN_ROLE", "active"), int(os.environ.get("HAGEN_EPOCH", "0"))


def listener(family, address, port):
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    server.bind((address, port))
    server.listen(1024)
    server.setblocking(False)
    return server


class Server:
    def __init__(self, port, activity):
        self.role, self.epoch = role()
        self.activity = activity
        self.file = None
        self.selector = selectors.DefaultSelector()
        for server in (listener(socket.AF_INET, "0.0.0.0", port), listener(socket.AF_INET6, "::", port)):
            self.selector.register(server, selectors.EVENT_READ)
        # Wakes the wait below.
        reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(writing)
        self.selector.register(reading, selectors.EVENT_READ)
        self.wakes = reading
        # A signal that came before the pipe was there.
        self.role, self.epoch = role()

    def run(self):
        while True:
            is_active = self.role == "active"
            if is_active:
                self.note()
            for key, _ in self.selector.select(NOTE_SECONDS if is_active and self.activity else None):
                if key.fileobj == self.wakes:
                    os.read(self.wakes, 4096)
                    self.role, self.epoch = role()
                else:
                    self.answer(key.fileobj)

    def answer(self, server):
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            if self.role == "active":
                self.note()
            try:
                connection.send(f"{HOST} {self.role} {self.epoch}\n".encode())
            except OSError:
                # The client went away.
                pass

    def note(self):
        if not self.activity:
            return
        if self.file is None:
            path = os.path.join(self.activity, f"{HOST}.log")
            self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        moment = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        os.write(self.file, f"{moment} {self.epoch} {os.getpid()}\n".encode())


if __name__ == "__main__":
    Server(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None).run()
