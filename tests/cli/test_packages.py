"""`trailer packages`, and builds that resolve again."""

from __future__ import annotations

import asyncio

import pytest

from tests.cli.conftest import Trailer
from tests.support.fake_environments import environment, made, prepare, wanted
from tests.support.live_server import LiveServer
from trailer_tui.model.image import ImageDraft


@pytest.fixture
def image(server: LiveServer, trailer: Trailer) -> None:
    """An image with an environment that was built once."""
    prepare(server.engine)
    server.engine.files = made()

    async def create() -> None:
        async with server.client() as client:
            draft = ImageDraft(name="tool", host_id=1, configuration=wanted(environment()))
            await client.create_image(draft, build=False)

    asyncio.run(create())
    assert trailer("build", "tool", "--follow").code == 0


def test_the_packages_of_an_image_and_what_changed_are_listed(
    server: LiveServer, trailer: Trailer, image: None
) -> None:
    listed = trailer("packages", "tool")
    assert "tool, build 1: 1 conda and 1 PyPI packages" in listed.err
    lines = [line.split() for line in listed.out.splitlines()]
    assert lines == [
        ["ENVIRONMENT", "SOURCE", "PACKAGE", "VERSION", "BUILD", "BEFORE"],
        ["ml", "conda", "numpy", "1.0", "py311_0"],
        ["ml", "pypi", "rich", "13.0"],
    ]
    server.engine.files = made(version="2.0", pypi=b"rich==13.0\nRich_More==1\n")
    assert trailer("build", "tool", "--resolve-again", "--follow").code == 0
    assert "Environments  resolved again" in trailer("show", "tool").out
    assert "2 changed since build 1, as of build 2" in trailer("show", "tool").out
    changes = trailer("packages", "tool", "--changes")
    assert "2 changed since build 1" in changes.err
    assert [line.split() for line in changes.out.splitlines()[1:]] == [
        ["ml", "conda", "numpy", "1.0", "2.0"],
        ["ml", "pypi", "rich-more", "1"],
    ]
    assert ["ml", "pypi", "Rich_More", "1", "new"] in [
        line.split() for line in trailer("packages", "tool").out.splitlines()
    ]
    told = trailer("packages", "tool", "--json").json
    assert (told["number"], told["compared_with"], told["locked"]) == (2, 1, [])
    assert told["resolved"][0]["conda"][0]["sha256"] == "a1" * 32
    assert trailer("packages", "tool", "--build", "1", "--json").json["number"] == 1
    missing = trailer("packages", "tool", "--build", "7")
    assert missing.code != 0
    assert "tool has no build 7" in missing.err


def test_an_image_without_environments_has_no_packages(server: LiveServer, trailer: Trailer) -> None:
    trailer("new", "plain", "--base", "ubuntu:24.04", "--no-build")
    refused = trailer("build", "plain", "--resolve-again")
    assert refused.code != 0
    assert "no environments" in refused.err
    missing = trailer("packages", "plain")
    assert missing.code != 0
    assert "packages are kept of images with environments" in missing.err
