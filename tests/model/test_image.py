"""The image document: what is accepted, and what is said of what is not."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from trailer_tui.model.image import (
    DEFAULT_BASE_IMAGE,
    MAX_DESCRIPTION_LENGTH,
    MAX_DOCKERFILE_BYTES,
    GenerateConfiguration,
    ImageDraft,
)


def draft(**changes: Any) -> ImageDraft:
    """A draft that is valid but for `changes`."""
    data: dict[str, Any] = {
        "name": "torch-dev",
        "host_id": 1,
        "configuration": {"mode": "generate", "image_name": "torch-dev"},
    }
    return ImageDraft.model_validate(data | changes)


def messages(**changes: Any) -> list[str]:
    """What validation says of a draft with `changes`."""
    with pytest.raises(ValidationError) as error:
        draft(**changes)
    return [problem["msg"] for problem in error.value.errors()]


def test_generate_is_built_on_ubuntu_unless_said_otherwise() -> None:
    configuration = draft().configuration
    assert isinstance(configuration, GenerateConfiguration)
    assert configuration.base_image == DEFAULT_BASE_IMAGE


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("x" * 300, "has 300 characters"),
        ("a\x1b[2Jb", "U+001B at position 2"),
        ("a\nb", "U+000A"),
        ("a\u202eb", "U+202E"),
    ],
)
def test_a_bad_name_is_refused_with_its_reason(name: str, said: str) -> None:
    assert said in messages(name=name)[0]


@pytest.mark.parametrize("name", ["[red]alert[/red]", "Ünïcödé 日本語", "a" * 128, "$(rm -rf /)", '"quoted"'])
def test_a_name_may_hold_anything_that_can_be_shown(name: str) -> None:
    assert draft(name=name).name == name


def test_spaces_around_a_name_are_dropped() -> None:
    assert draft(name="  torch ").name == "torch"


def test_a_description_may_have_lines_but_no_control_characters() -> None:
    assert draft(description="one\n\ttwo").description == "one\n\ttwo"
    assert "U+0007" in messages(description="ding\x07")[0]
    assert "shorten" in messages(description="x" * (MAX_DESCRIPTION_LENGTH + 1))[0]


def test_a_built_image_gets_a_tag_and_no_digest() -> None:
    digest = "sha256:" + "a" * 64
    assert "has a digest" in messages(configuration={"mode": "generate", "image_name": f"x@{digest}"})[0]
    pulled = draft(configuration={"mode": "pull", "image": f"x@{digest}"})
    assert pulled.configuration.image_name == f"x@{digest}"


def test_an_image_name_with_upper_case_is_refused_with_the_remedy() -> None:
    said = messages(configuration={"mode": "write", "image_name": "Torch", "dockerfile": "FROM x"})[0]
    assert "upper-case" in said
    assert "torch" in said


def test_a_dockerfile_has_a_bound_and_no_nul() -> None:
    big = {"mode": "write", "image_name": "x", "dockerfile": "#" * (MAX_DOCKERFILE_BYTES + 1)}
    assert "larger than" in messages(configuration=big)[0]
    assert "NUL" in messages(configuration={"mode": "write", "image_name": "x", "dockerfile": "FROM x\x00"})[0]


def test_unknown_fields_and_modes_are_refused() -> None:
    assert messages(colour="red")
    assert messages(configuration={"mode": "steal", "image_name": "x"})
    assert messages(configuration={"mode": "pull", "image": "x", "squash": True})
