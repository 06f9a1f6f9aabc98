"""Says to everyone who connects which host this is; all of the shop's programs are this one."""

import os
import socketserver


class Greeting(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(f"{os.environ['HAGEN_CLUSTER']} on {os.environ['HAGEN_HOST']}\n".encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


with Server((os.environ["HAGEN_ADDRESS"], int(os.environ["HAGEN_PORT"])), Greeting) as server:
    server.serve_forever()
