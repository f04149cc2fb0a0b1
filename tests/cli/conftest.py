"""The command line in this process, against a whole server with a host in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from tests.support.live_server import LiveServer, live_server
from trailer_tui.cli.main import main


class Outcome(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the JSON document that it is."""
        return json.loads(self.out)


Trailer = Callable[..., Outcome]


@pytest.fixture
def trailer(capsys: pytest.CaptureFixture[str]) -> Trailer:
    """Run `trailer` with these words."""

    def run(*words: str) -> Outcome:
        try:
            code = main(list(words))
        except SystemExit as leaving:  # argparse
            code = leaving.code if isinstance(leaving.code, int) else 1
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run


@pytest.fixture
def server() -> Iterator[LiveServer]:
    """A running server with one host in memory."""
    with live_server() as running:
        yield running
