"""Another machine, as far as networks go: a namespace that a cable leads to from here, and nothing else."""

import ipaddress

from longshore import run

# For tests of networks between devices (RFC 2544), and so in nobody's way; two addresses a cable.
CABLES = ipaddress.ip_network("198.18.0.0/15")


class OtherMachine:
    def __init__(self, number):
        """`number`, below 65536, is nobody else's now: a port that was free, for instance."""
        self.namespace = f"longshore-other-{number}"
        self.link = f"ls-other{number}"
        # By which it reaches this machine.
        self.here = str(CABLES[2 * number])
        self.address = str(CABLES[2 * number + 1])
        # What a command begins with to be run there.
        self.prefix = ["nsenter", f"--net=/run/netns/{self.namespace}"]

    def __enter__(self):
        run("ip", "netns", "add", self.namespace)
        run("ip", "link", "add", self.link, "type", "veth", "peer", "name", "eth0", "netns", self.namespace)
        run("ip", "address", "add", f"{self.here}/31", "dev", self.link)
        run("ip", "link", "set", self.link, "up")
        run(*self.prefix, "ip", "link", "set", "lo", "up")
        run(*self.prefix, "ip", "address", "add", f"{self.address}/31", "dev", "eth0")
        run(*self.prefix, "ip", "link", "set", "eth0", "up")
        return self

    def __exit__(self, *_):
        # The cable goes with its end.
        run("ip", "link", "delete", self.link)
        run("ip", "netns", "delete", self.namespace)
