"""Forms of single values: ports, signals and durations, as the builders read them."""

from __future__ import annotations

import re
import signal

_PORTS = re.compile(r"(\d+)(?:-(\d+))?(?:/(\w*))?", re.ASCII)
_PROTOCOLS = frozenset({"tcp", "udp", "sctp"})
_MAX_PORT = 65535
_DURATION = re.compile(r"[+-]?(?:0|(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+", re.ASCII)
_MAX_DURATION = 64
"""Characters; longer text is none, and matching it would take quadratic time."""
_DURATION_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_UNIT_MS = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "μs": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4, "h": 3.6e6}
_REAL_TIME = re.compile(r"RTMIN(?:\+(?:[1-9]|1[0-5]))?|RTMAX(?:-(?:[1-9]|1[0-4]))?")
_SIGNALS = frozenset(name.removeprefix("SIG") for name in signal.Signals.__members__) | {
    "STKFLT",
    "UNUSED",
    "CLD",
    "IOT",
}


def port_problem(text: str) -> str | None:
    """What is wrong with a port of EXPOSE, or None."""
    match = _PORTS.fullmatch(text)
    if match is None:
        return "is no port: write 8080, 8080/udp or 8000-8010"
    first, last, protocol = match[1], match[2] or match[1], match[3]
    if len(first) > 9 or len(last) > 9 or int(first) > _MAX_PORT or int(last) > _MAX_PORT:
        return f"is beyond the last port: ports go up to {_MAX_PORT}"
    if int(last) < int(first):
        return f"is no range: write {last}-{first}"
    if protocol is not None and protocol.lower() not in _PROTOCOLS:
        return "has an unknown protocol: write /tcp, /udp or /sctp"
    return None


def signal_problem(text: str) -> str | None:
    """What is wrong with a signal of STOPSIGNAL, or None."""
    if text.isdecimal() and text.isascii():
        return None if len(text) < 4 and int(text) > 0 else "is no signal number"
    name = text.upper().removeprefix("SIG")
    if name in _SIGNALS or _REAL_TIME.fullmatch(name):
        return None
    return "is no signal: write a name such as SIGTERM, or a number"


def duration_problem(text: str) -> str | None:
    """What is wrong with a duration of HEALTHCHECK, or None."""
    if len(text) > _MAX_DURATION or not _DURATION.fullmatch(text):
        return "is no duration: write a number with its unit, such as 30s, 1m30s or 500ms"
    milliseconds = sum(float(number) * _UNIT_MS[unit] for number, unit in _DURATION_PART.findall(text))
    if text.startswith("-") or milliseconds < 1:
        return "is too short: at least 1ms"
    return None
