"""A web application: says which member answered. Python's standard library only.

    /          a page for a browser
    /whoami    {"member": "alpha", "requests": 17}
    /health    200 while it takes requests, 503 once it has been told to stop
    /slow      answers after ?milliseconds=N, at most 10000
"""

import http.server
import json
import os
import signal
import socketserver
import sys
import threading
import time
import urllib.parse

MEMBER = os.environ["HAGEN_HOST"]
STOP_SECONDS = 3


class Work:
    """Counts requests, and those that are being answered now."""

    def __init__(self):
        self.lock = threading.Lock()
        self.total = 0
        self.running = 0
        self.stopping = False

    def __enter__(self):
        with self.lock:
            self.total += 1
            self.running += 1

    def __exit__(self, *_):
        with self.lock:
            self.running -= 1


work = Work()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "quickstart"
    sys_version = ""
    timeout = 120

    def do_GET(self):
        with work:
            url = urllib.parse.urlsplit(self.path)
            if url.path == "/":
                self.answer(200, "text/html; charset=utf-8", page())
            elif url.path == "/whoami":
                self.answer(200, "application/json", json.dumps({"member": MEMBER, "requests": work.total}) + "\n")
            elif url.path == "/health":
                self.answer(503 if work.stopping else 200, "text/plain", "stopping\n" if work.stopping else "healthy\n")
            elif url.path == "/slow":
                self.slow(urllib.parse.parse_qs(url.query))
            else:
                self.answer(404, "text/plain", "there is nothing here\n")

    def slow(self, query):
        try:
            milliseconds = int(query.get("milliseconds", ["100"])[0])
        except ValueError:
            return self.answer(400, "text/plain", "milliseconds is a whole number\n")
        time.sleep(min(max(milliseconds, 0), 10_000) / 1000)
        self.answer(200, "text/plain", f"{MEMBER} after {milliseconds} ms\n")

    def answer(self, status, kind, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if work.stopping:
            self.send_header("Connection", "close")
            self.close_connection = True
        # Head and body in one packet: two would wait for each other's acknowledgement.
        self._headers_buffer.append(b"\r\n" + body)
        self.flush_headers()

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        # A client that goes away in the middle is no fault of this program.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def page():
    return f"""<!doctype html>
<title>quickstart</title>
<body style="font: 1.2em sans-serif; margin: 3em">
<h1>Served by {MEMBER}</h1>
<p>Request number {work.total} of this member. Reload: the balancer chooses another one.</p>
"""


def stop(*_):
    """Takes no new request, finishes those that run, ends."""

    def finish():
        work.stopping = True
        deadline = time.monotonic() + STOP_SECONDS
        while work.running and time.monotonic() < deadline:
            time.sleep(0.01)
        os._exit(0)

    threading.Thread(target=finish).start()


def main():
    address = (os.environ["HAGEN_ADDRESS"], int(os.environ["HAGEN_PORT"]))
    with Server(address, Handler) as server:
        signal.signal(signal.SIGTERM, stop)
        print(f"web: {MEMBER} listens on {address[0]}:{address[1]}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
