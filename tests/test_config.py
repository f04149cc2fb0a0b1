"""The configuration file: defaults, values, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from trailer_tui.config import Config, load
from trailer_tui.model.errors import BadConfiguration


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path / "none.yaml") == Config()


def test_values_are_read(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("app:\n  theme: trailer-light\n  keys:\n    images.build: B\nserver:\n  kept_logs_per_image: 3\n")
    config = load(file)
    assert config.app.theme == "trailer-light"
    assert config.app.keys == {"images.build": "B"}
    assert config.server.kept_logs_per_image == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\udcff", "no UTF-8 text (byte 0)"),
        ("app:\n  thme: dark\n", "did you mean theme"),
        ("app: [\n", "not YAML"),
        ("app:\n  mouse: perhaps\n", "app.mouse"),
        ("server:\n  kept_logs_per_image: 0\n", "it is 0"),
        ("- a list\n", "config.yaml"),
    ],
)
def test_a_mistake_is_named_with_file_key_and_value(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(BadConfiguration) as error:
        load(file)
    assert said in error.value.cause
    assert str(file) in error.value.cause
    assert ": :" not in error.value.cause
    assert error.value.hint


def test_a_folder_in_the_place_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="directory") as error:
        load(tmp_path)
    assert error.value.hint
