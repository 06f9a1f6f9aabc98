"""Receives alerts in the JSON of Alertmanager's webhook, prints them, and shows the last hundred at /alerts.

Where the working directory has a folder 'activity', it also appends each notification to 'activity/pager.jsonl'.
"""

import collections
import http.server
import json
import os
import signal
import sys

LONGEST_BODY = 1 << 20
received = collections.deque(maxlen=100)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > LONGEST_BODY:
            self.close_connection = True
            return self.answer(413, "too long\n")
        try:
            notification = json.loads(self.rfile.read(length))
            alerts = notification["alerts"]
            for alert in alerts:
                print(f"pager: {alert['status']}: {json.dumps(alert['labels'])}", flush=True)
        except (ValueError, KeyError, TypeError) as error:
            return self.answer(400, f"not a notification: {error}\n")
        received.append(notification)
        if os.path.isdir("activity"):
            with open("activity/pager.jsonl", "a", encoding="utf-8") as file:
                file.write(json.dumps(notification) + "\n")
        self.answer(200, "received\n")

    def do_GET(self):
        if self.path == "/alerts":
            self.answer(200, json.dumps(list(received), indent=2) + "\n", "application/json")
        else:
            self.answer(404, "there is nothing here; see /alerts\n")

    def answer(self, status, text, kind="text/plain"):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    address = (sys.argv[1], int(sys.argv[2]))
    with http.server.ThreadingHTTPServer(address, Handler) as server:
        print(f"pager: http://{address[0]}:{address[1]}/alerts", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
