"""The page about engines is what the contract tests find."""

from __future__ import annotations

import pytest

from tests.support.engine_table import COMMITTED, FOUND, TABLE

pytestmark = [pytest.mark.engine, pytest.mark.after_contract]


def test_the_page_about_engines_is_true(pytestconfig: pytest.Config) -> None:
    table = pytestconfig.stash[TABLE]
    if not table.complete:
        pytest.skip("not every promise was checked on every engine in this run")
    if pytestconfig.getoption("--update-engine-table"):
        pytest.skip("the page is being written from this run")
    committed = COMMITTED.read_text()
    if table.header not in committed:
        pytest.skip(f"the page is of other versions of the engines than are here; `make engines` writes {FOUND.name}")
    assert committed == table.markdown(), "docs/engines.md is out of date: run `make engines`"
