"""The catalogue of a server: the one that comes with Trailer and the files in its configuration folder."""

from __future__ import annotations

import logging
import os
import stat
from functools import partial
from pathlib import Path

from trailer_tui.catalog.catalogue import Catalogue, builtin, merged
from trailer_tui.dockerfile.prefill import prefill
from trailer_tui.dockerfile.service_problems import service_problems
from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.host import Host
from trailer_tui.model.image import ImageConfiguration
from trailer_tui.model.prefill import Prefill, PrefillRequest
from trailer_tui.model.server import Finding
from trailer_tui.service.threads import ThreadCalls

_LOG = logging.getLogger(__name__)

MAX_FILE_BYTES = 1_000_000
_Stamp = tuple[tuple[str, int, int], ...]


class CatalogueService:
    """What can be chosen for images. Files that change count from the next look on, without a restart."""

    def __init__(self, folder: Path | None, calls: ThreadCalls) -> None:
        """`folder` holds the server's own files, `*.yaml`; it need not exist."""
        self._folder = folder
        self._calls = calls
        self._stamp: _Stamp = ()
        self._catalogue = builtin()

    async def look(self) -> Catalogue:
        """Read the files anew when one has changed."""
        await self._calls.run(self._read)
        return self._catalogue

    async def prefill(self, request: PrefillRequest, host: Host | None) -> Prefill:
        """What the choices in a form imply for fields that nobody edited."""
        known = host.capabilities if host is not None else None
        return prefill(request, await self.look(), architecture=known.architecture if known is not None else "")

    async def check(self, configuration: ImageConfiguration) -> None:
        """Let pass what can be built by the catalogue.

        Raises:
            InvalidInput: services name what there is not, or not for the base image; one problem a field.
        """
        problems = await self._calls.run(partial(service_problems, configuration, await self.look()))
        if problems:
            raise InvalidInput("; ".join(problem.sentence() for problem in problems), fields=tuple(problems))

    async def findings(self) -> list[Finding]:
        """A line for each thing that is wrong with the server's own files."""
        problems = (await self.look()).problems
        remedy = f"mend it in {self._folder}; the rest of the catalogue works"
        return [Finding(subject="catalogue", state="warning", detail=problem, remedy=remedy) for problem in problems]

    def _read(self) -> None:
        stamp, texts, unreadable = _files(self._folder, self._stamp)
        if texts is None:
            return
        found = merged(builtin(), texts)
        self._catalogue = found.model_copy(update={"problems": (*unreadable, *found.problems)})
        self._stamp = stamp
        for problem in self._catalogue.problems:
            _LOG.warning("catalogue: %s", problem)


def _files(folder: Path | None, known: _Stamp) -> tuple[_Stamp, dict[str, str] | None, list[str]]:
    """Marks of the files as they are, their texts unless the marks are the `known` ones, and what cannot be read."""
    try:
        paths = sorted(path for path in folder.iterdir() if _is_meant(path)) if folder is not None else []
    except FileNotFoundError:
        paths = []
    except OSError as error:
        stamp: _Stamp = (("", 0, error.errno or 0),)
        problem = f"{folder}: {error.strerror}: make it a folder that the server can read"
        return stamp, None if stamp == known else {}, [problem]
    states = [(path, _state(path)) for path in paths]
    stamp = tuple((path.name, *((state.st_mtime_ns, state.st_size) if state else (0, -1))) for path, state in states)
    if stamp == known:
        return stamp, None, []
    texts: dict[str, str] = {}
    problems: list[str] = []
    for path, state in states:
        if state is None:
            problems.append(f"{path.name}: leads to no file: put one there, or remove the link")
            continue
        if not stat.S_ISREG(state.st_mode) or state.st_size > MAX_FILE_BYTES:
            problems.append(f"{path.name}: is no file of at most {MAX_FILE_BYTES} bytes: split it, or move it away")
            continue
        try:
            texts[path.name] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{path.name}: cannot be read as text, {error}: mend the file or its permissions")
    return stamp, texts, problems


def _is_meant(path: Path) -> bool:
    """Whether a file is one of the catalogue; hidden ones are what editors leave beside an open file."""
    return path.suffix == ".yaml" and not path.name.startswith(".")


def _state(path: Path) -> os.stat_result | None:
    """None for a link that leads nowhere."""
    try:
        return path.stat()
    except OSError:
        return None
