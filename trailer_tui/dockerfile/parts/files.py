"""The part of a Dockerfile that is about files: what is copied, unpacked, downloaded and cloned, in the given order."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Any

from trailer_tui.dockerfile.context import ContextEntry, text_entry
from trailer_tui.dockerfile.file_sources import FileSource, file_source
from trailer_tui.dockerfile.plan import CONTEXT_FOLDER, Part, Plan
from trailer_tui.dockerfile.quoting import Quoted, UserText
from trailer_tui.dockerfile.scripts import script
from trailer_tui.dockerfile.windows_files import SCRIPT, STAGE, install_script, windows_place
from trailer_tui.model.errors import FieldProblem, InvalidInput
from trailer_tui.model.image_file import ImageFile
from trailer_tui.model.workspace_user import WorkspaceUser

_FIELD = "configuration.files"
_DESKTOP_STAGE = "/defaults/trailer-files"
"""Files below /config lie here until a container starts: /config is a volume, which hides what an image has there."""
_DESKTOP_SCRIPT = "/custom-cont-init.d/50-trailer-files"
_OWNER = re.compile(r"(?:[A-Za-z0-9_.-]+(?::[A-Za-z0-9_.-]+)?)?")
_FOR_ROOT = (
    "builders give a downloaded file to root, and nobody else can read it: a user set for the image gets it, and an "
    "uploaded file can be read by all"
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of the configuration and what it means."""

    number: int
    """From 0."""
    destination: str
    source: FileSource


@dataclass(frozen=True, slots=True)
class _Placed:
    """What the entries of an image become."""

    additions: list[dict[str, Any]]
    """What the template shows of each instruction."""
    made: tuple[ContextEntry, ...] = ()
    """Files that Trailer makes for it."""
    for_root: bool = False
    """Whether a download is left that only root can read."""


def files(plan: Plan) -> Part:
    """What the configuration adds to the image.

    Raises:
        InvalidInput: an entry names a file that is not in the archive, or a place that cannot be.
    """
    entries = [_entry(plan, number, file) for number, file in enumerate(plan.configuration.files)]
    if not entries:
        return Part()
    if plan.is_windows:
        placed = _on_windows(entries)
    elif plan.is_desktop:
        placed = _on_desktop(entries)
    else:
        placed = _on_linux(entries, plan.configuration.user)
    sent = tuple(entry.source.entry for entry in entries if entry.source.entry is not None)
    return Part(
        steps=(("files", {"additions": placed.additions}),),
        entries=sent + placed.made,
        notes=(_FOR_ROOT,) if placed.for_root else (),
    )


def _entry(plan: Plan, number: int, file: ImageFile) -> _Entry:
    source = file_source(number, file, plan.inputs.files)
    if source.kind == "download" and not source.name and file.destination.endswith(("/", "\\")):
        problem = FieldProblem(
            f"{_FIELD}.{number}.destination",
            file.destination,
            "is a folder, and the address names no file",
            "write the file's name behind the folder",
        )
        raise InvalidInput(problem.sentence(), fields=(problem,))
    return _Entry(number, file.destination, source)


def _on_linux(entries: list[_Entry], user: WorkspaceUser) -> _Placed:
    owners = [_owner(user, entry) for entry in entries]
    return _Placed(
        [_addition(entry, _target(entry), owner) for entry, owner in zip(entries, owners, strict=True)],
        for_root=any(
            entry.source.kind == "download" and not owner for entry, owner in zip(entries, owners, strict=True)
        ),
    )


def _on_desktop(entries: list[_Entry]) -> _Placed:
    additions, lines, for_root = [], [], False
    for entry in entries:
        target = posixpath.normpath(entry.destination)
        if target != "/config" and not target.startswith("/config/"):
            additions.append(_addition(entry, _target(entry)))
            for_root |= entry.source.kind == "download"
            continue
        is_folder = entry.source.fills_folder or entry.destination.endswith("/") or target == "/config"
        folder, name = (target, "") if is_folder else posixpath.split(target)
        additions.append(_addition(entry, f"{_DESKTOP_STAGE}/{entry.number + 1}/{name}"))
        lines.append(f"{entry.number + 1} {folder}\n")
    if not lines:
        return _Placed(additions, for_root=for_root)
    listing = text_entry(f"{CONTEXT_FOLDER}/files/list", "".join(lines))
    placing = text_entry(f"{CONTEXT_FOLDER}/files/place-files", script("place-files"), mode=0o755)
    additions += [_own_addition(listing, f"{_DESKTOP_STAGE}/list"), _own_addition(placing, _DESKTOP_SCRIPT)]
    return _Placed(additions, (listing, placing), for_root)


def _on_windows(entries: list[_Entry]) -> _Placed:
    additions, folders = [], []
    for entry in entries:
        source = entry.source
        place = windows_place(entry.number, entry.destination, kept_name=source.name, fills_folder=source.fills_folder)
        additions.append(_addition(entry, f"{STAGE}/{entry.number + 1}/{place.name}"))
        folders.append((entry.number + 1, place.folder))
    installing = text_entry(f"{CONTEXT_FOLDER}/files/install.bat", install_script(folders))
    return _Placed([*additions, _own_addition(installing, SCRIPT)], (installing,))


def _target(entry: _Entry) -> str:
    """The destination; that of a folder's content is a folder, however it is written."""
    folder_end = "/" if entry.source.fills_folder and not entry.destination.endswith("/") else ""
    return entry.destination + folder_end


def _owner(user: WorkspaceUser, entry: _Entry) -> str:
    """Whom the entry is given to: what is in the user's home, and downloads, which only their owner can read."""
    account = str(user.uid) if user.uid is not None else user.name
    # Builders differ in what they do with the owners that an archive has of its own.
    if not account or entry.source.kind == "unpack":
        return ""
    in_home = bool(user.name) and posixpath.normpath(entry.destination).startswith(f"/home/{user.name}/")
    if entry.source.kind != "download" and not in_home:
        return ""
    group = str(user.gid) if user.gid is not None else user.group
    return f"{account}:{group}" if group else account


def _addition(entry: _Entry, destination: str, owner: str = "") -> dict[str, Any]:
    field = f"{_FIELD}.{entry.number}"
    # COPY never unpacks, whatever a builder takes for an archive.
    keyword = "COPY" if entry.source.kind == "copy" else "ADD"
    return _shown(
        keyword, owner, UserText(f"{field}.file", entry.source.word), UserText(f"{field}.destination", destination)
    )


def _own_addition(made: ContextEntry, destination: str) -> dict[str, Any]:
    return _shown("COPY", "", UserText(_FIELD, made.path), UserText(_FIELD, destination))


def _shown(keyword: str, owner: str, source: UserText, destination: UserText) -> dict[str, Any]:
    if not _OWNER.fullmatch(owner):
        raise ValueError(f"{owner!r} is no owner")  # no name of an account that the model lets pass
    return {"keyword": Quoted(keyword), "owner": Quoted(owner), "paths": [source, destination]}
