"""A proxy in front of an engine's or a registry's socket that breaks what passes, on command.

`proxy.inject(Fault(Kind.CUT, path=b"/build", after=b"some output"))` waits for its moment; `proxy.heal()` takes all
faults away. What was cut stays cut; what was held back goes on.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

_PIECE = 64 * 1024
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER that makes a close a reset."""


class Kind(Enum):
    """What happens to a connection."""

    CUT = "cut"
    """Both sides are closed, with a reset where the transport has one."""
    STALL = "stall"
    """Nothing passes any more, in either direction; the connections stay."""
    SLOW = "slow"
    """At most `rate` bytes a second pass in each direction."""
    HALF_CLOSE = "half-close"
    """The end of the stream in the direction of `Fault.toward`; the other direction goes on."""
    GARBAGE = "garbage"
    """Bytes that mean nothing come between."""


class Toward(Enum):
    """A direction."""

    CLIENT = "client"
    TARGET = "target"


@dataclass
class Fault:
    """One fault and its moment: once `after_bytes` and then `after` have passed in a direction of a connection."""

    kind: Kind
    path: bytes = b""
    """Only connections on which this has been asked for: `/build`, `/grpc`."""
    toward: Toward = Toward.CLIENT
    """The direction that is watched."""
    after_bytes: int = 0
    after: bytes = b""
    rate: int = 1000
    once: bool = False
    """Whether it is over with the first connection that it struck."""
    struck: threading.Event = field(default_factory=threading.Event)
    """Set when a connection was struck."""


class FaultProxy:
    """Listens on a unix socket, or with `port` on loopback, and passes everything on to `target`.

    `target` is the path of a unix socket, or a port of loopback.
    """

    def __init__(self, target: Path | int, *, listen: Path | None = None) -> None:
        self._target = target
        self._lock = threading.Condition()
        self._faults: list[Fault] = []
        self._links: set[_Link] = set()
        self._refusing = False
        self._closed = False
        if listen is not None:
            self._server = socket.socket(socket.AF_UNIX)
            self._server.bind(str(listen))
            self._server.listen(128)
            self.address = f"unix://{listen}"
        else:
            self._server = socket.create_server(("127.0.0.1", 0))
            self.address = f"localhost:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, name="fault proxy", daemon=True).start()

    def inject(self, fault: Fault) -> Fault:
        """Let this happen to connections that are there and that come; returns it."""
        with self._lock:
            self._faults.append(fault)
            links = list(self._links)
            self._lock.notify_all()
        for link in links:
            link.look()
        return fault

    def refuse(self) -> None:
        """Close every new connection at once."""
        self._refusing = True

    def heal(self) -> None:
        """No faults any more."""
        with self._lock:
            self._faults.clear()
            self._refusing = False
            self._lock.notify_all()

    def cut_all(self) -> None:
        """Cut every connection that is there."""
        with self._lock:
            links = list(self._links)
        for link in links:
            link.cut()

    def close(self) -> None:
        """End."""
        self._closed = True
        self.heal()
        # Closing alone would not wake the thread that accepts.
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.cut_all()

    # Used by the links

    def faults_of(self, link: _Link) -> list[Fault]:
        """The faults that are for this connection."""
        with self._lock:
            return [fault for fault in self._faults if fault.path in link.asked]

    def wait_until_healed(self, fault: Fault, link: _Link) -> None:
        """Return when the fault is gone or the connection is."""
        with self._lock:
            self._lock.wait_for(lambda: fault not in self._faults or link.gone)

    def over(self, fault: Fault) -> None:
        """The fault has struck."""
        fault.struck.set()
        with self._lock:
            if fault.once and fault in self._faults:
                self._faults.remove(fault)

    def forget(self, link: _Link) -> None:
        """A connection has ended."""
        with self._lock:
            self._links.discard(link)
            self._lock.notify_all()

    def _serve(self) -> None:
        while not self._closed:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            if self._refusing:
                client.close()
                continue
            try:
                target = self._dial()
            except OSError:
                client.close()
                continue
            link = _Link(self, client, target)
            with self._lock:
                self._links.add(link)
            link.start()

    def _dial(self) -> socket.socket:
        if isinstance(self._target, int):
            return socket.create_connection(("127.0.0.1", self._target))
        target = socket.socket(socket.AF_UNIX)
        target.connect(str(self._target))
        return target


class _Link:
    """One connection with its two directions."""

    def __init__(self, proxy: FaultProxy, client: socket.socket, target: socket.socket) -> None:
        self._proxy = proxy
        self._ends = {Toward.CLIENT: client, Toward.TARGET: target}
        self._passed = {Toward.CLIENT: 0, Toward.TARGET: 0}
        self._recent = {Toward.CLIENT: b"", Toward.TARGET: b""}
        self._seen: set[int] = set()
        self._running = 2
        self._lock = threading.Lock()
        self.asked = b""
        """The first bytes of what the client has asked for."""
        self.gone = False

    def start(self) -> None:
        """Begin to pass bytes."""
        for toward in Toward:
            threading.Thread(target=self._pump, args=(toward,), name=f"toward {toward.value}", daemon=True).start()

    def cut(self) -> None:
        """Close both sides."""
        self.gone = True
        for end in self._ends.values():
            if end.family != socket.AF_UNIX:
                with suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def look(self) -> None:
        """A new fault may be due already."""
        for fault in self._proxy.faults_of(self):
            if fault.kind is not Kind.SLOW and self._is_due(fault):
                self._strike(fault, wait=False)

    def _pump(self, toward: Toward) -> None:
        source = self._ends[Toward.TARGET if toward is Toward.CLIENT else Toward.CLIENT]
        sink = self._ends[toward]
        try:
            while piece := source.recv(_PIECE):
                if toward is Toward.TARGET and len(self.asked) < _PIECE:
                    self.asked += piece
                self._pass(piece, toward, sink)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        finally:
            with self._lock:
                self._running -= 1
                last = not self._running
            if last:
                self.gone = True
                self._proxy.forget(self)
                for end in self._ends.values():
                    end.close()

    def _pass(self, piece: bytes, toward: Toward, sink: socket.socket) -> None:
        rest = memoryview(piece)
        while rest:
            part, fault = self._until_fault(rest, toward)
            self._send(part, toward, sink)
            rest = rest[len(part) :]
            if fault is not None:
                self._strike(fault)

    def _until_fault(self, rest: memoryview, toward: Toward) -> tuple[memoryview, Fault | None]:
        """As much of `rest` as passes before a fault is due, and the fault."""
        for fault in self._proxy.faults_of(self):
            if fault.kind is Kind.SLOW or (id(fault) in self._seen and fault.kind is not Kind.STALL):
                continue
            if fault.kind is Kind.STALL and id(fault) in self._seen:
                return rest[:0], fault
            if fault.toward is not toward:
                continue
            passed, recent = self._passed[toward], self._recent[toward]
            missing = max(0, fault.after_bytes - passed)
            if missing > len(rest):
                continue
            if not fault.after:
                return rest[:missing], fault
            found = (recent + bytes(rest)).find(fault.after)
            if found >= 0:
                return rest[: max(missing, found + len(fault.after) - len(recent))], fault
        return rest, None

    def _is_due(self, fault: Fault) -> bool:
        return not fault.after and self._passed[fault.toward] >= fault.after_bytes and id(fault) not in self._seen

    def _send(self, part: memoryview, toward: Toward, sink: socket.socket) -> None:
        self._passed[toward] += len(part)
        self._recent[toward] = (self._recent[toward] + bytes(part))[-4096:]
        while part:
            slow = next((fault for fault in self._proxy.faults_of(self) if fault.kind is Kind.SLOW), None)
            if slow is None:
                sink.sendall(part)
                return
            slow.struck.set()
            count = max(1, slow.rate // 20)
            sink.sendall(part[:count])
            part = part[count:]
            time.sleep(0.05)

    def _strike(self, fault: Fault, *, wait: bool = True) -> None:
        with self._lock:
            first = id(fault) not in self._seen
            self._seen.add(id(fault))
        if first:
            self._proxy.over(fault)
        match fault.kind:
            case Kind.CUT:
                self.cut()
            case Kind.STALL if wait:
                self._proxy.wait_until_healed(fault, self)
            case Kind.HALF_CLOSE:
                with suppress(OSError):
                    self._ends[fault.toward].shutdown(socket.SHUT_WR)
            case Kind.GARBAGE:
                with suppress(OSError):
                    self._ends[fault.toward].sendall(os.urandom(300))
