"""The client of one network, and what it has seen so far."""
import os, subprocess, sys, threading, time

import client


class Observer:
    def __init__(self, tool, targets=None):
        command = ["nsenter", f"--net=/run/netns/{tool.network.client}", sys.executable, os.path.abspath(client.__file__)]
        for target in targets or tool.targets:
            command += ["--to", target]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.answers, self.failures, self.stalls = [], [], []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            answer = client.parse(line)
            if answer:
                self.answers.append(answer)
            elif line.startswith("stall"):
                begin, end = map(float, line.split()[1:])
                self.stalls.append((begin, end))
            else:
                self.failures.append(line)

    def last(self):
        return self.answers[-1] if self.answers else None

    def is_served(self, since, other_than=None):
        """Whether clients are served without a pause again, by another host where one was lost."""
        last, now = self.last(), time.monotonic()
        if now - since < 0.5 or now - last.end > 0.05 or last.host == other_than:
            return False
        return not client.gaps([answer for answer in self.answers if answer.end > now - 0.2], longer_than=0.1)

    def longest_gap(self, since):
        """(from, to): the longest time without an answer from shortly before that moment on, until now."""
        now = time.monotonic()
        answers = [answer for answer in self.answers if answer.end > since - 0.1]
        return max(client.gaps(answers, longer_than=0, until=now), default=(since, now), key=lambda gap: gap[1] - gap[0])

    def stalled(self, begin, end):
        """Seconds between the two moments in which the machine did not let the client run."""
        return sum(max(0, min(end, until) - max(begin, since)) for since, until in self.stalls)

    def end(self):
        self.process.stdin.close()
        self.process.wait()
        self.reader.join()
