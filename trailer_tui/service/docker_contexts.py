"""The docker contexts of the account that runs the server, as hosts.

Docker's client keeps each context as `contexts/meta/<id>/meta.json` in its configuration folder, with certificates in
`contexts/tls/<id>/docker/`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trailer_tui.model.host import HostDraft, ImportSkip, TlsFiles
from trailer_tui.model.validation import invalid_input
from trailer_tui.printable import printable

_MOST_BYTES = 1_000_000
_LONGEST_NAME = 64
_SHOWN_DIGITS = 12
"""Of a context's id, a SHA-256 in hexadecimal digits, where its name cannot be read."""
_NAME = re.compile(rb'"Name"\s*:\s*("(?:[^"\\\\]|\\\\.){1,200}")')
_CERTIFICATES = {"ca": "ca.pem", "certificate": "cert.pem", "key": "key.pem"}


class _Unusable(Exception):
    """A context that cannot be a host; the message says why."""


@dataclass(frozen=True, slots=True)
class FoundContexts:
    """What the folder holds, by name."""

    hosts: list[HostDraft]
    skipped: list[ImportSkip]


def config_folder(environment: Mapping[str, str]) -> Path | None:
    """Where Docker's client keeps its configuration: `DOCKER_CONFIG`, else `.docker` in the home; None without both."""
    chosen = environment.get("DOCKER_CONFIG")
    if chosen:
        return Path(chosen).absolute()
    home = environment.get("HOME")
    return Path(home).absolute() / ".docker" if home else None


def read_contexts(folder: Path | None) -> FoundContexts:
    """Every context under the configuration folder. Never raises: what cannot be read is skipped with the reason."""
    hosts: list[HostDraft] = []
    skipped: list[ImportSkip] = []
    if folder is None:
        return FoundContexts(hosts, skipped)
    entries, problem = _entries(folder / "contexts" / "meta")
    if problem:
        skipped.append(ImportSkip(name="contexts", reason=problem))
    for entry in entries:
        name = entry.name[:_SHOWN_DIGITS]
        try:
            content = _content(entry / "meta.json")
            name = _likely_name(content) or name
            document = _document(content)
            name = _text(document, "Name") or name
            hosts.append(_host(name, document, folder / "contexts" / "tls" / entry.name / "docker"))
        except _Unusable as reason:
            skipped.append(ImportSkip(name=printable(name)[:200], reason=str(reason)))
    return FoundContexts(
        sorted(hosts, key=lambda host: host.name.casefold()), sorted(skipped, key=lambda skip: skip.name.casefold())
    )


def certificates_in(folder: Path) -> TlsFiles:
    """The certificates in an absolute folder by the names that Docker's client uses, whether they are there or not."""
    return TlsFiles.model_validate({field: str(folder / name) for field, name in _CERTIFICATES.items()})


def valid_name(name: str) -> str:
    """The nearest name that a host may have."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).lstrip("._-")[:_LONGEST_NAME] or "context"


def free_name(name: str, taken: set[str]) -> str:
    """`name`, or with a number when a host (`taken` holds case-folded names) is called so."""
    candidate, number = name, 2
    while candidate.casefold() in taken:
        suffix = f"-{number}"
        candidate, number = name[: _LONGEST_NAME - len(suffix)] + suffix, number + 1
    return candidate


def _entries(folder: Path) -> tuple[list[Path], str]:
    try:
        return sorted(entry for entry in folder.iterdir() if entry.is_dir()), ""
    except FileNotFoundError:
        return [], ""
    except OSError as error:
        return [], f"{folder} cannot be read: {error.strerror}"


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise _Unusable(f"its {path.name} cannot be read: {error.strerror}") from None
    if len(content) > _MOST_BYTES:
        raise _Unusable(f"its {path.name} is larger than {_MOST_BYTES} bytes")
    return content


def _likely_name(content: bytes) -> str:
    """The name that a description tells, also one that is cut off or broken elsewhere; empty without one."""
    found = _NAME.search(content)
    try:
        return str(json.loads(found[1])).strip() if found else ""
    except ValueError:
        return ""


def _document(content: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise _Unusable("its meta.json is no JSON") from None
    if not isinstance(document, dict):
        raise _Unusable("its meta.json is no description of a context")
    return document


def _host(name: str, document: Mapping[str, Any], certificates: Path) -> HostDraft:
    endpoints = document.get("Endpoints")
    endpoint = endpoints.get("docker") if isinstance(endpoints, dict) else None
    if not isinstance(endpoint, dict):
        raise _Unusable("it has no Docker engine")
    address = _text(endpoint, "Host")
    if not address:
        raise _Unusable("it names no address: Docker's client would take its usual one")
    over_tcp = address.startswith("tcp://")
    if over_tcp and endpoint.get("SkipTLSVerify") is True:
        raise _Unusable("it does not check the engine's certificate, which Trailer always does: add the host by hand")
    try:
        return HostDraft(name=valid_name(name), address=address, tls=_tls_files(certificates) if over_tcp else None)
    except ValidationError as error:
        raise _Unusable(invalid_input(error.errors()).cause) from None


def _text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    return value.strip() if isinstance(value, str) else ""


def _tls_files(folder: Path) -> TlsFiles | None:
    missing = [name for name in _CERTIFICATES.values() if not (folder / name).is_file()]
    if not missing:
        return certificates_in(folder)
    if len(missing) == len(_CERTIFICATES):
        return None
    raise _Unusable(
        f"{' and '.join(missing)} is missing among its certificates: Trailer needs {', '.join(_CERTIFICATES.values())}"
    )
