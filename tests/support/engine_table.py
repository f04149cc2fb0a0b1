"""The table of what works on which engine, written from the outcomes of the contract tests.

A test marked `promise("Heredocs")` fills the row of that name, in the column of its engine and builder. Every run
writes what it found to `build/engines.md`; `--update-engine-table` puts a whole one into `docs/engines.md`.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.engines import COLUMNS

PROJECT = Path(__file__).parents[2]
FOUND = PROJECT / "build" / "engines.md"
CONTRACT = PROJECT / "tests" / "engine" / "contract"
COMMITTED = PROJECT / "docs" / "engines.md"

_HEAD = """\
# Engines

What the engine layer promises, and what each engine keeps of it with each of its builders. The table is made by the
contract tests in `tests/engine/contract`: `make engines` runs them on every engine and writes this page, and the whole
suite says when the page is no longer true. A cell is `yes` when the test of that promise passed, and `no` when the
engine cannot; the numbers say what happens instead, which the test asserts too.

Trailer asks a host what it can (`trailer hosts check`), chooses BuildKit where the engine has it unless the host's
settings say otherwise, and refuses a build before it starts when its Dockerfile needs what the builder lacks. The
Docker engines are those of Debian's releases; Podman is reached by its Docker-compatible service, which has the classic
builder alone.

When `dockerd` itself ends, what its BuildKit runs goes on, on every version: `operating.md` says how to end it.

"""


@dataclass
class Cell:
    """What is known of one promise on one engine."""

    failed: bool = False
    differs: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def take(self, report: pytest.TestReport) -> None:
        """Count in the outcome of one test."""
        self.failed = self.failed or report.failed
        for name, text in report.user_properties:
            notes = {"differs": self.differs, "remark": self.remarks}.get(name)
            if notes is not None and text not in notes:
                notes.append(str(text))

    def text(self, notes: list[str]) -> str:
        """The cell, with numbers of footnotes, which are added to `notes` when they are new."""
        if self.failed:
            return "**fails**"
        told = [*self.differs, *self.remarks]
        notes.extend(note for note in told if note not in notes)
        numbers = ", ".join(str(notes.index(note) + 1) for note in told)
        return ("no" if self.differs else "yes") + (f" ({numbers})" if numbers else "")


class EngineTable:
    """Gathers the outcomes of one test run."""

    def __init__(self) -> None:
        self._titles: dict[str, str] = {}
        self._cells: dict[str, dict[str, Cell]] = {}
        self._files: set[Path] = set()
        self._partial = False

    def expect(self, items: list[pytest.Item]) -> None:
        """Take in the tests that are going to run."""
        for item in items:
            promise, column = _promise(item), _column(item)
            self._files.add(item.path)
            if promise and column:
                self._cells.setdefault(promise, {})

    def take(self, item: pytest.Item, report: pytest.TestReport) -> None:
        """Count in the outcome of one test."""
        promise, column = _promise(item), _column(item)
        if not promise or not column or report.skipped or (report.when != "call" and not report.failed):
            return
        engine = dict(report.user_properties).get("engine")
        if engine:
            builder = "BuildKit" if column.endswith("buildkit") else "classic"
            self._titles[column] = f"{engine}, {builder}"
        self._cells[promise].setdefault(column, Cell()).take(report)

    @property
    def complete(self) -> bool:
        """Whether every promise was checked on every engine, with one outcome at least."""
        whole = not self._partial and self._files >= set(CONTRACT.glob("test_*.py"))
        return whole and all(column.id in cells for cells in self._cells.values() for column in COLUMNS)

    def leave_out(self, items: Sequence[pytest.Item]) -> None:
        """Take in tests that are not going to run."""
        self._partial = self._partial or any(_promise(item) for item in items)

    @property
    def header(self) -> str:
        """The table's first line, which names the engines."""
        return f"| | {' | '.join(self._titles[column] for column in self._columns())} |"

    def markdown(self) -> str:
        """The whole page."""
        columns, notes = self._columns(), list[str]()
        lines = [self.header, "|---" * (len(columns) + 1) + "|"]
        for promise, cells in self._cells.items():
            texts = [cells[column].text(notes) if column in cells else "" for column in columns]
            lines.append(f"| {promise} | {' | '.join(texts)} |")
        lines.append("")
        lines.extend(f"{number}. {note}" for number, note in enumerate(notes, start=1))
        return _HEAD + "\n".join(lines) + "\n"

    def _columns(self) -> list[str]:
        return [column.id for column in COLUMNS if column.id in self._titles]

    def write(self, *, update: bool) -> None:
        """Write what this run found to `build/engines.md`; with `update` a whole table also to `docs/engines.md`.

        One with failures is not put there.
        """
        if not self._titles:
            return
        FOUND.parent.mkdir(exist_ok=True)
        FOUND.write_text(self.markdown())
        failed = any(cell.failed for cells in self._cells.values() for cell in cells.values())
        if update and self.complete and not failed:
            COMMITTED.write_text(self.markdown())


TABLE = pytest.StashKey[EngineTable]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option of `make engines`."""
    parser.addoption("--update-engine-table", action="store_true", help="write docs/engines.md from this run")


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers."""
    config.addinivalue_line("markers", "promise(name): fills that row of the table of engines")
    config.addinivalue_line("markers", "after_contract: runs once all promises were checked")
    config.stash[TABLE] = EngineTable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the tests of the table after those that fill it."""
    items.sort(key=lambda item: item.get_closest_marker("after_contract") is not None)


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Note which promises this run leaves out."""
    if items:
        items[0].config.stash[TABLE].leave_out(items)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note which promises this run checks."""
    session.config.stash[TABLE].expect(session.items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note each outcome."""
    report = yield
    item.config.stash[TABLE].take(item, report)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what this run found."""
    session.config.stash[TABLE].write(update=session.config.getoption("--update-engine-table"))


def _promise(item: pytest.Item) -> str:
    marker = item.get_closest_marker("promise")
    return str(marker.args[0]) if marker else ""


def _column(item: pytest.Item) -> str:
    """The engine and builder that a test runs on; empty for the fake engine."""
    parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    column = parameters.get("subject") or parameters.get("host")
    return str(getattr(column, "id", ""))
