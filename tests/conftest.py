"""What every test gets: no user configuration, no home, no Docker context, and snapshots in `snapshots/`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from pytest_textual_snapshot import SVGImageExtension

if TYPE_CHECKING:
    from syrupy.location import PyTestLocation

pytest_plugins = ["tests.support.engine", "tests.support.environments", "tests.support.engine_table"]

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("trailer", deadline=None)
hypothesis.settings.load_profile("trailer")

TESTS = Path(__file__).parent
SNAPSHOTS = TESTS.parent / "snapshots"

FOREIGN_VARIABLES = (
    "DOCKER_HOST",
    "DOCKER_CONTEXT",
    "DOCKER_TLS_VERIFY",
    "DOCKER_CERT_PATH",
    "SSH_CONNECTION",
    "SSH_TTY",
    "TMUX",
    "NO_COLOR",
    "EDITOR",
    "VISUAL",
    "COLORTERM",
    "PYTHONUNBUFFERED",
)
"""Variables of the person's session that would change what a test sees."""


def _dirname(cls: type[SVGImageExtension], *, test_location: PyTestLocation) -> str:
    """Map tests/<folder>/test_x.py to snapshots/<folder>/test_x."""
    return str(SNAPSHOTS / Path(test_location.filepath).relative_to(TESTS).with_suffix(""))


@pytest.hookimpl(tryfirst=True)  # before xdist looks at the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one process of a parallel run have all tests of a file, and one the contract, whose files share engines."""
    for item in items:
        path = item.path.relative_to(TESTS)
        group = "contract" if path.parts[:2] == ("engine", "contract") else str(path)
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session", autouse=True)
def snapshots_in_top_level_folder() -> None:
    """Keep the pictures out of the tests' folders."""
    SVGImageExtension.dirname = classmethod(_dirname)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, XDG folders and temporary files of the test's own; returns the home."""
    home = tmp_path / "home"
    home.mkdir()
    for variable in FOREIGN_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("DOCKER_CONFIG", str(home / ".docker"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / ".local/share"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("TRAILER_SOCKET", str(tmp_path / "run" / "trailer.sock"))
    monkeypatch.setenv("TRAILER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TRAILER_CONFIG", str(tmp_path / "config.yaml"))
    monkeypatch.setenv("TRAILER_CACHE", str(tmp_path / "cache"))
    return home
