"""The network bridge of one engine of the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.child import DidNotStart

SLOTS = 8
"""How many bridges one test run can have."""

_FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")


class Bridge:
    """A bridge without a way out: containers on it see loopback of their own and each other.

    `slot` counts the bridges of the test run that process `owner` is.
    """

    def __init__(self, slot: int = 0, owner: int | None = None) -> None:
        owner = os.getpid() if owner is None else owner
        # At most 15 characters.
        self.name = f"trailer{owner % 10**7}{chr(ord('a') + slot)}"
        # A /27 of 198.18.0.0/15, which RFC 2544 sets aside for tests of networks.
        block = owner % 512
        self._first = f"198.{18 + block // 256}.{block % 256}.{32 * slot + 1}/27"

    @property
    def address(self) -> str:
        """This machine, as containers on the bridge reach it."""
        return self._first.partition("/")[0]

    @staticmethod
    def why_not() -> str:
        """Why none can be made here; empty when one can."""
        return "" if shutil.which("ip") else "ip is not installed"

    def add(self) -> None:
        """Make it and bring it up. Raises `DidNotStart` when the machine refuses."""
        for command in (
            ["ip", "link", "add", self.name, "type", "bridge"],
            ["ip", "address", "add", self._first, "dev", self.name],
            ["ip", "link", "set", self.name, "up"],
        ):
            _run(command)

    def remove(self) -> None:
        """Take it away with the rules of `way_out`; one that is not there is no error."""
        for rule in self._rules():
            _try(["iptables", "-w", *rule[:2], "-D", *rule[2:]])
        _try(["ip", "link", "delete", self.name])

    @contextmanager
    def way_out(self) -> Iterator[None]:
        """While the block runs, containers on the bridge reach what this machine reaches.

        Raises:
            DidNotStart: the machine refuses the rules.
        """
        if _FORWARDING.read_text().strip() != "1":
            _run(["sysctl", "-q", "net.ipv4.ip_forward=1"])
        for rule in self._rules():
            _run(["iptables", "-w", *rule[:2], "-I", *rule[2:]])
        try:
            yield
        finally:
            for rule in self._rules():
                _try(["iptables", "-w", *rule[:2], "-D", *rule[2:]])

    def _rules(self) -> list[list[str]]:
        # The machine's own engine may have set the chain FORWARD to drop.
        return [
            ["-t", "nat", "POSTROUTING", "-s", self._first, "!", "-o", self.name, "-j", "MASQUERADE"],
            ["-t", "filter", "FORWARD", "-i", self.name, "-j", "ACCEPT"],
            ["-t", "filter", "FORWARD", "-o", self.name, "-j", "ACCEPT"],
        ]


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    except OSError as error:
        raise DidNotStart(f"{command[0]}: {error}") from error
    if done.returncode:
        raise DidNotStart(f"{' '.join(command)}: {done.stderr.strip()}")


def _try(command: list[str]) -> None:
    if shutil.which(command[0]):
        subprocess.run(command, check=False, capture_output=True)
