"""An image that installs conda environments, in place of the real one, which cannot be fetched everywhere."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import certifi

from tests.support.base_image import REFERENCE as BASE
from tests.support.conda_python import SITE_PACKAGES
from trailer_tui.dockerfile.context import BuildContext, ContextEntry
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.events import EngineEvent
from trailer_tui.engine.interface import BuildRequest

REFERENCE = "trailer-test/installer:1"

_PROGRAM = Path(__file__).with_name("stand_in_micromamba.py")
_LIBRARIES = ("rattler", "yaml")


def build_installer_image(address: str, python: Path) -> None:
    """Give the engine at `address` the image `REFERENCE`, built on the small Debian that it has.

    Args:
        address: of the engine.
        python: the conda package of Python, which runs the stand-in.
    """
    lines = [
        f"FROM {BASE}",
        "ADD python.tar.bz2 /opt/python/",
        f"COPY libraries /opt/python/{SITE_PACKAGES}/",
        "COPY micromamba /usr/local/bin/micromamba",
        # As in the real one, neither root nor a plain shell run the steps.
        'SHELL ["/bin/false"]',
        "COPY ca.pem /opt/ca.pem",
        "ENV PIP_CERT=/opt/ca.pem SSL_CERT_FILE=/opt/ca.pem",
        "USER 1000",
    ]
    entries = [
        _entry("python.tar.bz2", python),
        _entry("micromamba", _PROGRAM, mode=0o755),
        _entry("ca.pem", _certificates()),
        *_libraries(),
    ]
    engine = DockerEngine(address)
    try:
        context = BuildContext("\n".join(lines) + "\n", tuple(entries))
        engine.tag(engine.build(BuildRequest(context, REFERENCE), _ignore, CancelToken()), REFERENCE)
    finally:
        engine.close()


def _libraries() -> Iterator[ContextEntry]:
    for name in _LIBRARIES:
        found = find_spec(name)
        assert found is not None
        assert found.origin is not None
        folder = Path(found.origin).parent
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                yield _entry(f"libraries/{name}/{path.relative_to(folder)}", path)


def _certificates() -> Path:
    """The authorities that this machine trusts, which may be others than everybody's."""
    known = os.environ.get("PIP_CERT") or ssl.get_default_verify_paths().cafile
    return Path(known) if known and Path(known).is_file() else Path(certifi.where())


def _entry(path: str, file: Path, *, mode: int = 0o644) -> ContextEntry:
    return ContextEntry(path, file.stat().st_size, mode, lambda: file.open("rb"))


def _ignore(event: EngineEvent) -> None:
    """Nobody looks at how the image is made."""
