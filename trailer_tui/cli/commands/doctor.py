"""`trailer doctor`: is everything there that Trailer needs, and if not, what to do."""

from __future__ import annotations

import asyncio
import platform
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trailer_tui.cli.connection import connected
from trailer_tui.cli.exits import FAILED, OK, UNREACHABLE, CannotConnect
from trailer_tui.cli.parser import Commands, add_command, add_json
from trailer_tui.cli.terminal import say, say_json
from trailer_tui.model.status import HostState

if TYPE_CHECKING:
    from trailer_tui.model.server import Finding, ServerInfo

_SYMBOLS = {"ok": "✔", "warning": "!", "error": "✖"}


def register(group: Commands) -> None:
    """Add the command."""
    doctor = add_command(
        group,
        "doctor",
        "check everything that Trailer needs, and say what to do",
        more="Starts the server when it does not run, and tells why it cannot.",
        example="trailer doctor",
    )
    add_json(doctor)
    doctor.set_defaults(run=lambda options: asyncio.run(_diagnose(as_json=options.json)))


async def _diagnose(*, as_json: bool) -> int:
    findings = [_python(), _configuration(), *_folders()]
    served = True
    try:
        async with connected() as client:
            for host in await client.hosts():
                if host.state is HostState.UNKNOWN:  # the server has only just started
                    await client.check_host(host.id)
            findings += [_server(await client.info()), *await client.diagnose()]
    except CannotConnect as failure:
        served = False
        error = failure.error
        findings.append(_finding("server", "error", f"{error.title}: {error.cause}", error.hint))
    if as_json:
        say_json([finding.model_dump(mode="json") for finding in findings])
    else:
        for finding in findings:
            say(f"{_SYMBOLS[finding.state]} {finding.subject}: {finding.detail}")
            if finding.remedy:
                say(f"    {finding.remedy}")
    if not served:
        return UNREACHABLE
    return FAILED if any(finding.state == "error" for finding in findings) else OK


def _finding(subject: str, state: str, detail: str, remedy: str = "") -> Finding:
    from trailer_tui.model.server import Finding

    return Finding.model_validate({"subject": subject, "state": state, "detail": detail, "remedy": remedy})


def _python() -> Finding:
    from trailer_tui import __version__

    detail = f"Trailer {__version__} on Python {platform.python_version()} ({sys.executable})"
    return _finding("program", "ok", detail)


def _configuration() -> Finding:
    from trailer_tui import config, locations
    from trailer_tui.model.errors import BadConfiguration

    path = locations.config_file()
    try:
        config.load(path)
    except BadConfiguration as error:
        return _finding("configuration", "error", error.cause, error.hint)
    return _finding("configuration", "ok", str(path) if path.exists() else f"{path} is not there; defaults are used")


def _folders() -> list[Finding]:
    from trailer_tui import locations

    return [
        _private("socket folder", locations.socket_path().parent),
        _private("data folder", locations.data_folder()),
    ]


def _private(subject: str, folder: Path) -> Finding:
    try:
        mode = stat.S_IMODE(folder.stat().st_mode)
    except FileNotFoundError:
        return _finding(subject, "ok", f"{folder} is made when the server starts")
    except OSError as error:
        return _finding(subject, "error", f"{folder}: {error.strerror}", "mend its permissions")
    if mode & 0o077:
        return _finding(subject, "error", f"{folder} is open to others (mode {mode:04o})", f"chmod 700 {folder}")
    return _finding(subject, "ok", f"{folder} (mode {mode:04o})")


def _server(info: ServerInfo) -> Finding:
    from trailer_tui import __version__

    detail = f"version {info.version}, {info.mode}, process {info.pid}, log in {info.data_folder}/server.log"
    if info.version != __version__:
        return _finding("server", "warning", detail, f"this program is {__version__}; the server is replaced when idle")
    return _finding("server", "ok", detail)
