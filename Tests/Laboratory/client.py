#!/usr/bin/env python3
"""What a client sees, open loop: a new TCP connection every 10 ms, whatever became of those before.

    client.py --to ADDRESS:PORT [--to ADDRESS:PORT ...] [--every MILLISECONDS] [--seconds SECONDS]

Prints a line for each connection that ended, 'answer BEGIN END HOST EPOCH' or 'failure BEGIN END REASON', with moments of
the monotonic clock in seconds, and 'stall BEGIN END' where the machine did not let the client run: what was measured then says
nothing. A server answers 'HOST ROLE EPOCH'; only one whose role is 'active' has answered. At the end,
on standard error: each gap between answers, and each answer of a host that another one had already replaced. With several
addresses, each is asked every time: a client that need not know where the active one is. Ends by SIGTERM, or when its
standard input ends.
"""
import argparse, collections, dataclasses, errno, os, selectors, signal, socket, sys, time

# As long as a user waits.
PATIENCE = 2.0
STALL = 0.02


@dataclasses.dataclass(frozen=True)
class Answer:
    begin: float
    end: float
    host: str
    epoch: int


def gaps(answers, longer_than=0.03, until=None):
    """(from, to) of each time without an answer. `until`: the end of the observation, when it ended within a gap."""
    moments = sorted(answer.end for answer in answers) + ([until] if until else [])
    return [(a, b) for a, b in zip(moments, moments[1:]) if b - a > longer_than]


def overlaps(answers):
    """Answers of a host that another one had replaced before the client even asked: an older epoch, or the same one. Without
    epochs a host may have got its part back, so there the other one has to answer once more afterwards."""
    found, newest, first, last = [], None, {}, {}
    for answer in answers:
        last[answer.host] = max(last.get(answer.host, 0), answer.begin)
    by_end = collections.deque(sorted(answers, key=lambda answer: answer.end))
    for answer in sorted(answers, key=lambda answer: answer.begin):
        while by_end and by_end[0].end < answer.begin:
            seen = by_end.popleft()
            first.setdefault(seen.host, seen.end)
            # Without epochs, the one that answered for the first time has replaced the others.
            if newest is None or (seen.epoch, first[seen.host]) > (newest.epoch, first[newest.host]):
                newest = seen
        if newest and answer.host != newest.host:
            if answer.epoch > 0 or newest.epoch > 0:
                is_replaced = answer.epoch <= newest.epoch
            else:
                is_replaced = answer.host in first and last[newest.host] > answer.end
            if is_replaced:
                found.append(answer)
    return found


def parse(line):
    """An `Answer`, or nothing for a failure."""
    fields = line.split()
    if fields[:1] == ["answer"] and len(fields) == 5:
        return Answer(float(fields[1]), float(fields[2]), fields[3], int(fields[4]))


class Client:
    def __init__(self, addresses, interval, output):
        self.addresses, self.interval, self.output = addresses, interval, output
        self.selector, self.open, self.answers = selectors.DefaultSelector(), collections.deque(), []
        self.stops = False
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        if not sys.stdin.isatty():
            try:
                self.selector.register(sys.stdin, selectors.EVENT_READ, None)
            except PermissionError:
                # A file, which never ends later.
                pass

    def stop(self, *_):
        self.stops = True

    def run(self, seconds):
        now = time.monotonic()
        next_attempt, end = now, now + seconds
        expected = now
        while not self.stops and now < end:
            if now >= next_attempt:
                for address in self.addresses:
                    self.ask(address, now)
                # One that was held up does not make up for it by a burst.
                next_attempt = max(next_attempt + self.interval, now - 5 * self.interval)
            while self.open and (self.open[0][0].fileno() < 0 or now - self.open[0][1] > PATIENCE):
                connection, begin = self.open.popleft()
                if connection.fileno() >= 0:
                    self.close(connection, begin, now, "TIMEOUT")
            # It waits no longer than until the next attempt, and then works for less than a millisecond.
            if now - expected > STALL:
                self.say("stall", expected, now)
            expected = max(now, next_attempt)
            for key, _ in self.selector.select(max(0, next_attempt - time.monotonic())):
                if key.data is None:
                    self.stops = self.stops or not os.read(0, 4096)
                else:
                    self.receive(key.fileobj, key.data)
            self.output.flush()
            now = time.monotonic()

    def ask(self, address, now):
        connection = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        connection.setblocking(False)
        problem = connection.connect_ex(address)
        if problem in (0, errno.EINPROGRESS):
            self.selector.register(connection, selectors.EVENT_READ, now)
            self.open.append((connection, now))
        else:
            connection.close()
            self.say("failure", now, now, errno.errorcode.get(problem, problem))

    def receive(self, connection, begin):
        now = time.monotonic()
        try:
            fields = connection.recv(256).decode(errors="replace").split()
        except OSError as error:
            return self.close(connection, begin, now, errno.errorcode.get(error.errno, error.errno))
        if len(fields) < 3:
            return self.close(connection, begin, now, "CLOSED")
        host, role, epoch = fields[:3]
        if role != "active":
            return self.close(connection, begin, now, f"{host}:{role}")
        self.close(connection, begin, now)
        self.answers.append(Answer(begin, now, host, int(epoch)))
        self.say("answer", begin, now, host, epoch)

    def close(self, connection, begin, now, reason=None):
        self.selector.unregister(connection)
        connection.close()
        if reason:
            self.say("failure", begin, now, reason)

    def say(self, word, begin, end, *fields):
        self.output.write(f"{word} {begin:.6f} {end:.6f} {' '.join(map(str, fields))}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", action="append", required=True)
    parser.add_argument("--every", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    arguments = parser.parse_args()
    addresses = []
    for text in arguments.to:
        host, port = text.rsplit(":", 1)
        addresses.append((host.strip("[]"), int(port)))
    client = Client(addresses, arguments.every / 1000, sys.stdout)
    client.run(arguments.seconds)
    for begin, end in gaps(client.answers, until=time.monotonic()):
        print(f"gap {begin:.6f} {end:.6f} {(end - begin) * 1000:.1f} ms", file=sys.stderr)
    for answer in overlaps(client.answers):
        print(f"overlap {answer.begin:.6f} {answer.end:.6f} {answer.host} {answer.epoch}", file=sys.stderr)


if __name__ == "__main__":
    main()
