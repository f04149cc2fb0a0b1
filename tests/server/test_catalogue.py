"""The catalogue and the prefill over HTTP, with entries of the server's own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.server.test_interface import draft, http
from tests.support.live_server import LiveServer
from trailer_tui import locations
from trailer_tui.catalog.catalogue import builtin
from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.image import GenerateConfiguration
from trailer_tui.model.prefill import BASE_IMAGE_FIELD, DESKTOP_FIELD, PrefillRequest
from trailer_tui.service.catalogue import MAX_FILE_BYTES

OWN = """
applications:
  - id: tidy
    label: HTML Tidy
    description: Cleans HTML
    kind: general
    systems: {debian: {packages: [tidy]}}
"""


def write_own(text: str, name: str = "own.yaml") -> Path:
    file = locations.catalogue_folder() / name
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.stat().st_mtime_ns if file.exists() else 0
    file.write_text(text, encoding="utf-8")
    os.utime(file, ns=(before + 1, before + 1))  # another time whatever the clock's grain
    return file


def configuration(base_image: str = "debian:12", **services: Any) -> GenerateConfiguration:
    document = {"image_name": "x:1", "base_image": base_image, "services": services}
    return GenerateConfiguration.model_validate(document)


async def test_the_catalogue_comes_whole(server: LiveServer) -> None:
    async with server.client() as client:
        assert await client.catalogue() == builtin()


async def test_own_entries_are_served_built_and_gone_again_without_a_restart(server: LiveServer) -> None:
    async with server.client() as client:
        wanted = draft(configuration=configuration(applications=["tidy"]))
        with pytest.raises(InvalidInput, match="'tidy'"):
            await client.create_image(wanted, build=False)
        file = write_own(OWN)
        assert (await client.catalogue()).application_label("tidy") == "HTML Tidy"
        record = await client.create_image(wanted, build=False)
        assert "\n        tidy \\\n" in (await client.image_dockerfile(record.id)).text
        write_own(OWN.replace("packages: [tidy]", "packages: [tidy-html5]"))
        assert "\n        tidy-html5 \\\n" in (await client.image_dockerfile(record.id)).text
        file.unlink()
        with pytest.raises(InvalidInput, match="tidy"):
            await client.image_dockerfile(record.id)
        assert (await client.catalogue()) == builtin()


async def test_a_broken_file_is_named_everywhere_and_the_rest_works(server: LiveServer) -> None:
    write_own(OWN)
    write_own("[}", "broken.yaml")
    locations.catalogue_folder().joinpath("latin.yaml").write_bytes(b"# \xe9\n")
    async with server.client() as client:
        catalogue = await client.catalogue()
        assert catalogue.application("tidy") is not None
        assert catalogue.application("nginx") is not None
        assert [problem.partition(":")[0] for problem in catalogue.problems] == ["latin.yaml", "broken.yaml"]
        findings = [finding for finding in await client.diagnose() if finding.subject == "catalogue"]
        assert [finding.state for finding in findings] == ["warning", "warning"]
        assert str(locations.catalogue_folder()) in findings[0].remedy
    log = server.options.data_folder / "server.log"
    assert not log.exists() or "broken.yaml" in log.read_text(encoding="utf-8")


async def test_what_is_no_file_or_no_folder_is_named_and_holds_up_nobody(server: LiveServer) -> None:
    folder = locations.catalogue_folder()
    folder.mkdir(parents=True)
    os.mkfifo(folder / "pipe.yaml")
    (folder / "large.yaml").write_text("#" * (MAX_FILE_BYTES + 1))
    (folder / "link.yaml").symlink_to("nowhere.yaml")
    (folder / ".#large.yaml").symlink_to("the lock of an editor")
    (folder / "notes.txt").write_text("[}")
    (folder / "good.yaml").write_text(OWN)
    async with server.client() as client:
        catalogue = await client.catalogue()
        assert [problem.partition(":")[0] for problem in catalogue.problems] == ["large.yaml", "link.yaml", "pipe.yaml"]
        assert catalogue.application("tidy") is not None
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
        folder.write_text("no folder")
        [problem] = (await client.catalogue()).problems
        assert problem.startswith(f"{folder}: Not a directory")
        assert (await client.catalogue()).problems == (problem,)
        folder.unlink()
        assert await client.catalogue() == builtin()


async def test_saving_says_what_the_catalogue_has_not(server: LiveServer) -> None:
    desktop = {"operating_system": "el", "environment": "kde", "keyboard": "qwertz"}
    async with server.client() as client:
        with pytest.raises(InvalidInput) as refused:
            await client.create_image(draft(configuration=configuration(desktop=desktop, applications=["ngnix"])))
        fields = {problem.field: problem for problem in refused.value.fields}
        assert set(fields) == {
            "configuration.services.desktop.keyboard",
            "configuration.services.desktop.environment",
            "configuration.services.applications.0",
        }
        assert "did you mean nginx?" in fields["configuration.services.applications.0"].remedy
        assert (await client.image_rows([1, 2, 3])) == []
        record = await client.create_image(draft(configuration=configuration()), build=False)
        changed = draft(configuration=configuration(applications=["ngnix"]))
        with pytest.raises(InvalidInput, match="ngnix"):
            await client.update_image(record.id, changed, revision=record.revision)
        assert (await client.image(record.id)).configuration == configuration()


async def test_a_prefill_follows_the_choices_and_leaves_what_was_edited(server: LiveServer) -> None:
    async with server.client() as client:
        request = PrefillRequest(mode="generate", desktop_applications=["gimp"], base_image="ubuntu:24.04")
        found = await client.prefill(request)
        assert found.value(DESKTOP_FIELD) == {"operating_system": "debian", "environment": "xfce"}
        assert found.value(BASE_IMAGE_FIELD) == "lscr.io/linuxserver/webtop:debian-xfce"
        edited = request.model_copy(update={"edited": [BASE_IMAGE_FIELD], "host_id": 1})
        assert [field.field for field in (await client.prefill(edited)).fields] == [DESKTOP_FIELD]


def test_a_prefill_takes_what_is_not_valid_yet_and_refuses_what_is_no_form(server: LiveServer) -> None:
    with http(server) as client:
        odd = {"mode": "generate", "operating_system": "\x00", "environment": "?", "base_image": "no reference"}
        assert client.post("/prefill", json=odd).json() == {"fields": [], "warnings": []}
        assert client.post("/prefill", json={"mode": "generate", "host_id": 2**40}).status_code == 200
        for wrong in ({}, {"mode": "other"}, {"mode": "generate", "edited": "x"}, {"mode": "generate", "colour": 1}):
            assert client.post("/prefill", json=wrong).status_code == 422
