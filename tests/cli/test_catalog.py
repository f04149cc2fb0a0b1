"""`trailer catalog`."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Trailer
from trailer_tui import locations
from trailer_tui.catalog.catalogue import builtin

pytestmark = pytest.mark.usefixtures("server")


def test_it_says_which_lists_there_are(trailer: Trailer) -> None:
    found = trailer("catalog")
    assert found.code == 0
    assert [line.split()[0] for line in found.out.splitlines()[1:6]] == [
        "apps",
        "systems",
        "keyboards",
        "languages",
        "windows",
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("apps", ["vscode", "Visual Studio Code", "desktop", "arch debian el fedora ubuntu"]),
        ("systems", ["debian", "xfce", "Debian with Xfce", "lscr.io/linuxserver/webtop:debian-xfce"]),
        ("keyboards", ["de", "German"]),
        ("languages", ["de_DE", "German (Germany)"]),
        ("windows", ["edition", "11l", "Windows 11 LTSC, evaluation"]),
    ],
)
def test_a_list_has_a_line_an_entry(trailer: Trailer, name: str, words: list[str]) -> None:
    lines = trailer("catalog", name).out.splitlines()
    assert any(all(word in line for word in words) for line in lines), lines


def test_an_application_is_said_to_be_everywhere_or_where_it_is(trailer: Trailer) -> None:
    lines = {line.split()[0]: line for line in trailer("catalog", "apps").out.splitlines()[1:]}
    assert len(lines) == len(builtin().applications)
    assert "everywhere" in lines["nginx"]
    assert "everywhere" in lines["gimp"]
    assert "alpine" not in lines["code-server"]


def test_json_is_the_part_that_was_asked_for(trailer: Trailer) -> None:
    everything = trailer("catalog", "--json").json
    assert {"applications", "systems", "windows", "keyboards", "languages"} == set(everything)
    assert trailer("catalog", "apps", "--json").json == everything["applications"]
    assert trailer("catalog", "windows", "--json").json == everything["windows"]
    assert trailer("catalog", "keyboards", "--json").json[0] == {"code": "us", "label": "English (US)"}


def test_a_list_that_there_is_not_is_a_mistake_of_usage(trailer: Trailer) -> None:
    found = trailer("catalog", "aps")
    assert found.code == 2
    assert "'apps'" in found.err


def test_a_broken_file_of_the_users_own_is_told_beside_the_list(trailer: Trailer) -> None:
    folder = locations.catalogue_folder()
    folder.mkdir(parents=True)
    (folder / "own.yaml").write_text("applications: [{id: x}]")
    found = trailer("catalog", "keyboards", "--json")
    assert found.code == 0
    assert found.json
    assert "own.yaml: entry 1 (x): label: is missing" in found.err
    doctor = trailer("doctor")
    assert "! catalogue: own.yaml" in doctor.out
