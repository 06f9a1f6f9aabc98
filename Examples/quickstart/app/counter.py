"""A counter that must run in one place at a time. Each line that a client sends is answered by 'MEMBER EPOCH NUMBER'.

The number starts anew with each member that becomes active, and the epoch grows: so (EPOCH, NUMBER) never goes back.

It runs as a hot standby: a member that is not active listens, but answers nobody. SIGHUP tells it that the file named
by HAGEN_ROLE_FILE has changed, which holds 'ROLE EPOCH'. A member that stops being active is killed, so it never has
to step down by itself.

Where the working directory has a folder 'activity', every member writes there, line by line, when it was active:
'NANOSECONDS EPOCH PROCESS', by a clock that all processes of the machine share. No two members' times may overlap.
"""

import signal

# Before everything else, because the signal's default is to end the process; the role is read later anyway.
signal.signal(signal.SIGHUP, lambda *_: None)

import os
import socketserver
import threading
import time

MEMBER = os.environ["HAGEN_HOST"]
# How long a client that came too early is kept waiting for this member to become active.
PATIENCE_SECONDS = 1


class Member:
    """Whether this member is active, and what it has counted."""

    def __init__(self):
        self.lock = threading.Lock()
        self.active = threading.Event()
        self.epoch = 0
        self.number = 0
        self.file = None

    def activate(self, epoch):
        if os.path.isdir("activity"):
            self.file = os.open(f"activity/{MEMBER}.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self.epoch = epoch
        self.note()
        self.active.set()
        print(f"counter: {MEMBER} is active with epoch {epoch}", flush=True)
        threading.Thread(target=self.keep_noting, daemon=True).start()

    def next(self):
        with self.lock:
            self.number += 1
            return self.number

    def note(self):
        if self.file is not None:
            os.write(self.file, f"{time.clock_gettime_ns(time.CLOCK_BOOTTIME)} {self.epoch} {os.getpid()}\n".encode())

    def keep_noting(self):
        while self.file is not None:
            self.note()
            time.sleep(0.005)


member = Member()


class Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        try:
            while self.rfile.readline(4096):
                if not member.active.wait(PATIENCE_SECONDS):
                    return
                member.note()
                self.wfile.write(f"{MEMBER} {member.epoch} {member.next()}\n".encode())
        except OSError:
            # The client went away.
            pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256


def read_role():
    """Activates this member if its role says so; a member that is active stays it until it is killed."""
    path = os.environ.get("HAGEN_ROLE_FILE")
    if path:
        with open(path, encoding="ascii") as file:
            role, epoch = file.read().split()
    else:
        role, epoch = os.environ["HAGEN_ROLE"], os.environ["HAGEN_EPOCH"]
    if role == "active" and not member.active.is_set():
        member.activate(int(epoch))


def main():
    # Blocked before the first thread starts, so that they arrive at sigwait alone.
    signals = [signal.SIGHUP, signal.SIGTERM]
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    address = (os.environ["HAGEN_ADDRESS"], int(os.environ["HAGEN_PORT"]))
    with Server(address, Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        read_role()
        while signal.sigwait(signals) == signal.SIGHUP:
            read_role()
        os._exit(0)


if __name__ == "__main__":
    main()
