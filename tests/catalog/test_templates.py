"""The templates that come with Trailer: valid when read, made of what the catalogue has, with Dockerfiles that pass."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.dockerfile.builders import CLASSIC, EARLY, NEW
from trailer_tui.catalog.base_images import system_of
from trailer_tui.catalog.catalogue import builtin
from trailer_tui.catalog.templates import BuiltinTemplate, builtin_templates, read_template
from trailer_tui.dockerfile.check import check
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.dockerfile.service_problems import service_problems
from trailer_tui.model.builtin import builtin_id, is_builtin
from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.image import GenerateConfiguration
from trailer_tui.model.reference import slug

TEMPLATES = builtin_templates()
NAMES = [template.name for template in TEMPLATES]

GOLDEN = Path(__file__).parent / "golden"
HEAD = "trailer: 1\nname: x\n"

each = pytest.mark.parametrize("template", TEMPLATES, ids=NAMES)


def generated(template: BuiltinTemplate) -> GenerateConfiguration:
    assert isinstance(template.configuration, GenerateConfiguration)
    return template.configuration


def test_there_is_one_for_each_first_day_and_their_ids_are_their_own() -> None:
    assert NAMES == [
        "Minimal workspace",
        "Python data science",
        "Web service with nginx",
        "Linux desktop",
        "Windows desktop",
    ]
    ids = [builtin_id(template.number) for template in TEMPLATES]
    assert ids == [2**32 - 1, 2**32 - 2, 2**32 - 3, 2**32 - 4, 2**32 - 5]
    assert all(map(is_builtin, ids))
    assert not is_builtin(2**32 - 1000)


@each
def test_it_says_what_it_is_for_and_names_its_image_after_itself(template: BuiltinTemplate) -> None:
    assert len(template.description) > 60
    assert "\n" not in template.description
    assert template.configuration.image_name == slug(template.name)


@each
def test_its_base_image_is_that_of_its_desktop(template: BuiltinTemplate) -> None:
    catalogue, configuration = builtin(), generated(template)
    desktop = configuration.services.desktop
    if desktop is None:
        assert system_of(configuration.base_image) in ("debian", "ubuntu")
    elif desktop.operating_system == "windows":
        assert configuration.base_image == catalogue.windows.reference
    else:
        image = catalogue.desktop_image(desktop.operating_system, desktop.environment)
        assert image is not None
        assert configuration.base_image == image.reference


@each
def test_it_can_be_saved_as_it_is(template: BuiltinTemplate) -> None:
    assert service_problems(template.configuration, builtin()) == []


@each
def test_its_dockerfile_is_the_one_that_was_looked_at(template: BuiltinTemplate) -> None:
    """`TRAILER_UPDATE_GOLDENS=1` writes it anew."""
    file = GOLDEN / f"{slug(template.name).removesuffix(':latest')}.Dockerfile"
    context = build_context(template.configuration)
    assert context is not None
    if os.environ.get("TRAILER_UPDATE_GOLDENS") == "1":
        file.write_text(context.dockerfile, encoding="utf-8")
    assert context.dockerfile == file.read_text(encoding="utf-8")


@each
def test_its_dockerfile_has_no_error_for_any_builder(template: BuiltinTemplate) -> None:
    context = build_context(template.configuration)
    assert context is not None
    for builder in (CLASSIC, EARLY, NEW):
        assert [problem for problem in check(context.dockerfile, builder=builder) if problem.severity == "error"] == []


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("07-x.yaml", f"{HEAD}configuration: {{mode: generate, image_name: 'A b'}}", "07-x.yaml: configuration.image_"),
        ("07-x.yaml", f"{HEAD}configuration: {{mode: pull, image: a}}\ncolour: red", "07-x.yaml: colour"),
        ("07-x.yaml", HEAD, "07-x.yaml: configuration: is missing"),
        ("07-x.yaml", "[", "07-x.yaml: is no YAML"),
        ("07-x.yaml", "- a", "07-x.yaml: is no mapping"),
        ("x.yaml", HEAD, "x.yaml: has no number"),
        ("000-x.yaml", HEAD, "000-x.yaml: has no number"),
    ],
)
def test_a_wrong_file_is_named_with_its_key(file: str, text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_template(file, text)
    assert message in str(caught.value)
