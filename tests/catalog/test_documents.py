"""The example in docs/catalogue.md is an example."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from trailer_tui.catalog.catalogue import builtin, merged
from trailer_tui.model.catalogue import Application, SystemEntry
from trailer_tui.model.installation import Installation

PAGE = Path(__file__).parents[2] / "docs" / "catalogue.md"


def test_the_example_of_an_own_file_is_read_without_a_word() -> None:
    text = PAGE.read_text(encoding="utf-8")
    [example] = [block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "applications:" in block]
    found = merged(builtin(), {"ours.yaml": example})
    assert found.problems == ()
    ids = [entry["id"] for entry in yaml.safe_load(example)["applications"]]
    assert all(found.application(one) is not None for one in ids)


def test_every_key_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for model in (Application, Installation, SystemEntry):
        assert [key for key in model.model_fields if f"`{key}" not in text] == []
