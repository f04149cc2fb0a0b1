"""A Trailer of the benchmark's own: data folder, socket, configuration and cache in one temporary folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

from tests.support.terminal import Terminal

TRAILER = [sys.executable, "-m", "trailer_tui"]


class Scene:
    """Folders of its own and the commands that use them. Use as a context manager; it stops the server at the end."""

    def __init__(self, *, docker_host: str = "unix:///nonexistent/docker.sock") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="trailer-bench-"))
        self.data = self.folder / "data"
        self.environment = {
            **os.environ,
            "TRAILER_DATA": str(self.data),
            "TRAILER_SOCKET": str(self.folder / "run" / "trailer.sock"),
            "TRAILER_CONFIG": str(self.folder / "config.yaml"),
            "TRAILER_CACHE": str(self.folder / "cache"),
            "DOCKER_HOST": docker_host,
        }

    def __enter__(self) -> Scene:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        subprocess.run([*TRAILER, "stop", "--now"], env=self.environment, capture_output=True, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *arguments: str, given: str | None = None) -> str:
        """Run one `trailer` command to its end; returns what it printed.

        Raises:
            subprocess.CalledProcessError: it failed.
        """
        done = subprocess.run(
            [*TRAILER, *arguments], env=self.environment, input=given, capture_output=True, text=True, check=True
        )
        return done.stdout

    def app(self, *, columns: int = 80, rows: int = 24) -> Terminal:
        """The app in a pseudo-terminal; 80 columns show the list alone."""
        return Terminal(TRAILER, columns=columns, rows=rows, environment=self.environment)


def baseline(module: str, *arguments: str, columns: int = 80, rows: int = 24) -> Terminal:
    """A program of `benchmarks.baselines` in a pseudo-terminal."""
    return Terminal([sys.executable, "-m", f"benchmarks.baselines.{module}", *arguments], columns=columns, rows=rows)
