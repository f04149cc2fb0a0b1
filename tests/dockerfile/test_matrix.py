"""What is generated for every desktop, every edition of Windows and every family of bases, as it was last looked at.

`TRAILER_UPDATE_GOLDENS=1` writes the files of `golden/` anew; look at what changed before you keep it.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from trailer_tui.catalog.catalogue import builtin
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.dockerfile.parse import parse
from trailer_tui.dockerfile.review import review
from trailer_tui.dockerfile.service_problems import service_problems
from trailer_tui.model.catalogue import Kind
from trailer_tui.model.image import GenerateConfiguration

GOLDEN = Path(__file__).parent / "golden"
UPDATE = os.environ.get("TRAILER_UPDATE_GOLDENS") == "1"

GENERAL = ("nginx", "sqlite", "nodejs", "jupyterlab", "code-server", "kubectl", "ffmpeg", "openssh-server")
DESKTOP = ("firefox", "libreoffice", "gimp", "vscode", "google-chrome", "telegram", "chromium", "discord")
BASES = {
    "alpine": "alpine:3",
    "arch": "archlinux:latest",
    "debian": "debian:13",
    "el": "rockylinux:9",
    "fedora": "fedora:latest",
    "suse": "opensuse/leap:15",
    "ubuntu": "ubuntu:24.04",
}


def offered(kind: Kind, wanted: tuple[str, ...], **base: Any) -> list[str]:
    there = {offer.application.id for offer in builtin().offers(kind, **base) if offer.is_available}
    return [one for one in wanted if one in there]


def cases() -> Iterator[tuple[str, GenerateConfiguration]]:
    for entry in builtin().desktop_systems():
        for image in entry.environments:
            desktop = {
                "operating_system": entry.id,
                "environment": image.environment,
                "keyboard": "de",
                "language": "de_DE",
            }
            services = {
                "desktop": desktop,
                "applications": offered("general", GENERAL, system=entry.id, on_desktop=True),
                "desktop_applications": offered("desktop", DESKTOP, system=entry.id, on_desktop=True),
            }
            yield f"desktop-{entry.id}-{image.environment}", configuration(image.reference, services)
    for edition in builtin().windows.editions:
        windows = {"operating_system": "windows", "edition": edition.code, "language": "de-DE", "keyboard": "fr-CH"}
        yield f"windows-{edition.code}", configuration(builtin().windows.reference, {"desktop": windows})
    for system, base in BASES.items():
        chosen = offered("general", GENERAL, system=system)
        yield f"base-{system}", configuration(base, {"applications": chosen})
    unknown = ["nginx", "sqlite", "code-server", "jupyterlab", "kubectl"]
    yield "base-unknown", configuration("registry.local:5000/team/base:1", {"applications": unknown})


def configuration(base: str, services: dict[str, Any]) -> GenerateConfiguration:
    document = {"image_name": "a:b", "base_image": base, "services": services}
    return GenerateConfiguration.model_validate(document)


CASES = dict(cases())


def generated(found: GenerateConfiguration) -> str:
    context = build_context(found)
    assert context is not None
    return context.dockerfile


@pytest.mark.parametrize("name", CASES)
def test_the_text_is_the_one_that_was_looked_at(name: str) -> None:
    file = GOLDEN / f"{name}.Dockerfile"
    text = generated(CASES[name])
    if UPDATE:
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_it_can_be_saved_and_passes_the_check(name: str) -> None:
    assert service_problems(CASES[name], builtin()) == []
    assert review(CASES[name]).problems == []


@pytest.mark.parametrize("name", [name for name in CASES if not name.startswith("windows")])
def test_every_step_is_a_shell_script(name: str) -> None:
    runs = [found.arguments for found in parse(generated(CASES[name])).instructions if found.keyword == "RUN"]
    assert runs
    for run in runs:
        read = subprocess.run(["sh", "-n", "-c", run], capture_output=True, text=True, check=False)
        assert read.returncode == 0, f"{read.stderr}\n{run}"


@pytest.mark.parametrize("name", CASES)
def test_the_order_of_the_choices_changes_nothing(name: str) -> None:
    services = CASES[name].services
    turned = services.model_copy(
        update={
            "applications": services.applications[::-1],
            "desktop_applications": services.desktop_applications[::-1],
        }
    )
    assert generated(CASES[name].model_copy(update={"services": turned})) == generated(CASES[name])


def test_there_is_no_file_too_many() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == set(CASES)
    assert len([name for name in CASES if name.startswith("desktop")]) == 23


@pytest.mark.parametrize("name", [name for name in CASES if not name.startswith("base")])
def test_the_init_of_a_desktop_image_stays_as_it_is(name: str) -> None:
    """Source: webtop's and dockur's documentation: neither may get another ENTRYPOINT, CMD or last user."""
    instructions = parse(generated(CASES[name])).instructions
    assert not {"ENTRYPOINT", "CMD"} & {found.keyword for found in instructions}
    users = [found.arguments for found in instructions if found.keyword == "USER"]
    assert users == ([] if name.startswith("windows") else ["root"])


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("windows")])
def test_windows_is_told_by_environment_and_never_a_password(name: str) -> None:
    instructions = parse(generated(CASES[name])).instructions
    assert [found.keyword for found in instructions] == ["FROM", "ENV"]
    assert "PASSWORD" not in instructions[1].arguments.upper()
    assert f'VERSION="{name.removeprefix("windows-")}"' in instructions[1].arguments
