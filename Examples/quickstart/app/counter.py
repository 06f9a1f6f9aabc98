"""A counter that must run in one place at a time. Each line that a client sends is answered by 'MEMBER EPOCH NUMBER'.

The number starts anew with each member that becomes active, and the epoch grows: so (EPOCH, NUMBER) never goes back.

Where the working directory has a folder 'activity', every member writes there, line by line, when it was active:
'NANOSECONDS EPOCH PROCESS', by a clock that all processes of the machine share. No two members' times may overlap.
"""

import os
import signal
import socketserver
import threading
import time

MEMBER = os.environ["HAGEN_HOST"]
EPOCH = int(os.environ["HAGEN_EPOCH"])


class Counter:
    def __init__(self):
        self.lock = threading.Lock()
        self.number = 0

    def next(self):
        with self.lock:
            self.number += 1
            return self.number


class Activity:
    """Says over and over that this member is active."""

    def __init__(self):
        self.file = None
        if os.path.isdir("activity"):
            self.file = os.open(f"activity/{MEMBER}.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def note(self):
        if self.file is not None:
            os.write(self.file, f"{time.clock_gettime_ns(time.CLOCK_BOOTTIME)} {EPOCH} {os.getpid()}\n".encode())

    def run(self):
        while self.file is not None:
            self.note()
            time.sleep(0.005)


counter = Counter()
activity = Activity()


class Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        try:
            while self.rfile.readline(4096):
                activity.note()
                self.wfile.write(f"{MEMBER} {EPOCH} {counter.next()}\n".encode())
        except OSError:
            # The client went away.
            pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256


def main():
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    activity.note()
    threading.Thread(target=activity.run, daemon=True).start()
    address = (os.environ["HAGEN_ADDRESS"], int(os.environ["HAGEN_PORT"]))
    with Server(address, Handler) as server:
        print(f"counter: {MEMBER} is active with epoch {EPOCH}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
