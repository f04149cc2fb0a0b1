"""Services that the catalogue has not, or not for the base image, are problems of their fields before a build."""

from __future__ import annotations

from typing import Any

import pytest

from trailer_tui.catalog.catalogue import builtin
from trailer_tui.catalog.templates import BuiltinTemplate, builtin_templates
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.dockerfile.parse import parse
from trailer_tui.dockerfile.service_problems import service_problems
from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.image import GenerateConfiguration, PullConfiguration, WriteConfiguration

DEBIAN_XFCE = "lscr.io/linuxserver/webtop:debian-xfce"
DEBIAN = {"operating_system": "debian", "environment": "xfce"}
WINDOWS = builtin().windows.reference


def problems(base_image: str = "debian:12", **services: Any) -> dict[str, str]:
    configuration = GenerateConfiguration.model_validate(
        {"image_name": "a:b", "base_image": base_image, "services": services}
    )
    return {found.field: found.sentence() for found in service_problems(configuration, builtin())}


def test_what_can_be_built_has_no_problems() -> None:
    assert problems() == {}
    assert problems(applications=["nginx", "ffmpeg"]) == {}
    assert problems("mirror.local/x:1", applications=["nginx"]) == {}
    assert problems(DEBIAN_XFCE, desktop=DEBIAN, desktop_applications=["gimp"]) == {}
    assert problems("mirror.local/webtop:1", desktop=DEBIAN | {"keyboard": "de", "language": "de_DE"}) == {}
    assert problems(WINDOWS, desktop={"operating_system": "windows", "language": "de-DE", "keyboard": "fr-CH"}) == {}
    assert service_problems(PullConfiguration(image="a:b"), builtin()) == []


@pytest.mark.parametrize(
    ("base_image", "services", "field", "words"),
    [
        ("debian:12", {"applications": ["ngnix"]}, "applications.0", ["'ngnix'", "did you mean nginx?"]),
        ("debian:12", {"applications": ["nginx", "gimp"]}, "applications.1", ["write it under desktop_applications"]),
        (
            DEBIAN_XFCE,
            {"desktop": DEBIAN, "desktop_applications": ["nginx"]},
            "desktop_applications.0",
            ["write it under applications"],
        ),
        ("alpine:3", {"applications": ["code-server"]}, "applications.0", ["Alpine Linux", "musl", "another base"]),
        ("python:3.13-alpine", {"applications": ["code-server"]}, "applications.0", ["Alpine Linux"]),
        (
            DEBIAN_XFCE,
            {"desktop": DEBIAN | {"keyboard": "qwertz"}},
            "desktop.keyboard",
            ["'qwertz'", "trailer catalog"],
        ),
        (DEBIAN_XFCE, {"desktop": DEBIAN | {"language": "de-DE"}}, "desktop.language", ["'de-DE'", "trailer catalog"]),
        (
            WINDOWS,
            {"desktop": {"operating_system": "windows", "language": "de_DE"}},
            "desktop.language",
            ["language of Windows"],
        ),
        (
            WINDOWS,
            {"desktop": {"operating_system": "windows", "keyboard": "de"}},
            "desktop.keyboard",
            ["keyboard of Windows"],
        ),
        (
            "lscr.io/linuxserver/webtop:el-kde",
            {"desktop": {"operating_system": "el", "environment": "kde"}},
            "desktop.environment",
            ["'kde'", "Enterprise Linux", "choose one of xfce, i3, mate"],
        ),
    ],
)
def test_a_problem_names_field_value_and_remedy(
    base_image: str, services: dict[str, Any], field: str, words: list[str]
) -> None:
    found = problems(base_image, **services)
    assert list(found) == [f"configuration.services.{field}"]
    sentence = found[f"configuration.services.{field}"]
    assert all(word in sentence for word in words), sentence


@pytest.mark.parametrize("base_image", ["ubuntu:24.04", "lscr.io/linuxserver/webtop:debian-kde", WINDOWS])
def test_a_desktop_on_another_base_image_is_told_the_right_one(base_image: str) -> None:
    found = problems(base_image, desktop=DEBIAN)
    assert list(found) == ["configuration.base_image"]
    assert "Debian with Xfce" in found["configuration.base_image"]
    assert f"build on {DEBIAN_XFCE}, or a mirror of it" in found["configuration.base_image"]


def test_windows_on_a_linux_image_is_told_the_right_one() -> None:
    found = problems(desktop={"operating_system": "windows"})
    assert WINDOWS in found["configuration.base_image"]


def test_a_dockerfile_of_the_users_own_is_asked_for_its_last_base() -> None:
    text = "FROM golang:1 AS build\nFROM alpine:3\n"
    configuration = WriteConfiguration.model_validate(
        {"image_name": "a:b", "dockerfile": text, "services": {"applications": ["code-server"], "desktop": DEBIAN}}
    )
    found = [problem.field for problem in service_problems(configuration, builtin())]
    assert found == ["configuration.dockerfile"]
    configuration = WriteConfiguration.model_validate(
        {"image_name": "a:b", "dockerfile": text, "services": {"applications": ["code-server"]}}
    )
    found = [problem.field for problem in service_problems(configuration, builtin())]
    assert found == ["configuration.services.applications.0"]


@pytest.mark.parametrize("template", builtin_templates(), ids=lambda template: template.name)
def test_templates_that_come_with_trailer_can_be_built_by_the_catalogue(template: BuiltinTemplate) -> None:
    assert service_problems(template.configuration, builtin()) == []


def test_services_of_a_dockerfile_of_the_users_own_stand_behind_it() -> None:
    text = f"FROM {DEBIAN_XFCE}\n"
    services = {"applications": ["sqlite"], "desktop": DEBIAN | {"language": "de_DE"}}
    document = {"image_name": "a:b", "dockerfile": text, "services": services}
    context = build_context(WriteConfiguration.model_validate(document))
    assert context is not None
    assert context.dockerfile.startswith(text)
    added = [found.keyword for found in parse(context.dockerfile).instructions[1:]]
    assert added == ["USER", "RUN", "ENV"]


def test_windows_of_a_dockerfile_of_the_users_own_is_told_as_well() -> None:
    document = {
        "image_name": "a:b",
        "dockerfile": f"FROM {WINDOWS}\n",
        "services": {"desktop": {"operating_system": "windows", "username": "Ada"}},
    }
    context = build_context(WriteConfiguration.model_validate(document))
    assert context is not None
    [base, told] = parse(context.dockerfile).instructions
    assert (base.keyword, told.keyword) == ("FROM", "ENV")
    assert 'USERNAME="Ada"' in told.arguments


def test_what_left_the_catalogue_is_told_when_it_is_generated() -> None:
    configuration = GenerateConfiguration.model_validate(
        {"image_name": "a:b", "base_image": "debian:12", "services": {"applications": ["nginx", "was-there-once"]}}
    )
    with pytest.raises(InvalidInput, match="was-there-once") as refused:
        build_context(configuration)
    assert [problem.field for problem in refused.value.fields] == ["configuration.services.applications.1"]
