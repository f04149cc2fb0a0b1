"""`trailer templates` and `trailer new --template` as people and scripts use them."""

from __future__ import annotations

import io
import sys

import pytest

from tests.cli.conftest import Trailer
from trailer_tui.catalog.templates import builtin_templates

pytestmark = pytest.mark.usefixtures("server")

BUILT_IN = [template.name for template in builtin_templates()]


def make(trailer: Trailer, name: str, *options: str) -> None:
    assert trailer("new", name, "--base", "debian:12", "--no-build", *options).code == 0


def test_what_comes_with_trailer_is_listed_first_and_shown(trailer: Trailer) -> None:
    make(trailer, "tools")
    assert trailer("templates", "save", "tools", "aaa").code == 0
    listed = trailer("templates", "--json").json
    assert [row["name"] for row in listed] == [*BUILT_IN, "aaa"]
    assert [row["builtin"] for row in listed] == [True] * len(BUILT_IN) + [False]
    table = trailer("templates").out.splitlines()
    assert "built-in" in table[1]
    assert "any" in table[1]
    assert trailer("ls", "--json").json[0]["name"] == "tools"
    shown = trailer("templates", "show", "python DATA science").out
    assert "jupyter lab" in shown
    assert "it comes with Trailer and cannot be changed" in shown
    assert trailer("templates", "show", "Linux desktop", "--json").json["is_template"] is True


def test_templates_are_searched(trailer: Trailer) -> None:
    assert [row["name"] for row in trailer("templates", "--search", "SCIKIT", "--json").json] == ["Python data science"]
    nothing = trailer("templates", "--search", "no such words")
    assert (nothing.code, nothing.out, nothing.err.strip()) == (0, "", "no template matches")


def test_an_image_is_saved_as_a_template_and_made_from_one(trailer: Trailer) -> None:
    make(trailer, "tools", "--description", "for all", "--pull-base", "--no-squash")
    saved = trailer("templates", "save", "tools", "Base", "--json").json
    assert (saved["is_template"], saved["description"], saved["last_build_id"]) == (True, "for all", None)
    assert trailer("templates", "save", "tools", "base").code == 1
    made = trailer("new", "Mine", "--template", "base", "--push", "--secret", "TOKEN", "--no-build", "--json").json
    configuration = made["configuration"]
    assert (made["is_template"], made["description"], made["host_name"]) == (False, "for all", saved["host_name"])
    assert configuration["image_name"] == "mine:latest"
    kept = {name: configuration[name] for name in ("base_image", "pull_base", "squash", "push", "secrets")}
    assert kept == {
        "base_image": "debian:12", "pull_base": True, "squash": False, "push": True, "secrets": ["TOKEN"],
    }  # fmt: skip
    assert trailer("new", "other", "--template", "Base", "--image-name", "reg.lan/x:1", "--no-build").code == 0


def test_an_image_is_made_from_what_comes_with_trailer(trailer: Trailer) -> None:
    made = trailer("new", "site", "--template", "web service with nginx", "--no-build", "--json").json
    assert (made["host_name"], made["configuration"]["image_name"]) == ("local", "site:latest")
    assert made["configuration"]["services"]["applications"] == ["nginx"]
    windows = trailer("new", "desk", "--template", "Windows desktop", "--no-build")
    assert "trailer password desk" in windows.err


def test_a_pulled_template_keeps_its_image(trailer: Trailer) -> None:
    assert trailer("new", "a", "--pull", "debian:12", "--no-build").code == 0
    assert trailer("templates", "save", "a", "pulled").code == 0
    assert trailer("new", "b", "--template", "pulled", "--squash").code == 1
    made = trailer("new", "b", "--template", "pulled", "--no-build", "--json").json
    assert made["configuration"] == {"mode": "pull", "image": "debian:12", "push": False}


def test_a_disabled_template_cannot_be_used(trailer: Trailer) -> None:
    make(trailer, "tools")
    trailer("templates", "save", "tools", "base")
    assert trailer("templates", "disable", "base").out == "base: disabled\n"
    refused = trailer("new", "x", "--template", "base")
    assert refused.code == 1
    assert "the template base is disabled" in refused.err
    assert "trailer templates enable" in refused.err
    assert trailer("templates", "enable", "base").out == "base: enabled\n"
    assert trailer("new", "x", "--template", "base", "--no-build").code == 0


def test_what_comes_with_trailer_stays(trailer: Trailer) -> None:
    make(trailer, "tools")
    trailer("templates", "save", "tools", "own")
    removed = trailer("templates", "rm", "own", "Minimal workspace", "--yes")
    assert (removed.code, removed.out) == (1, "own: deleted\n")
    assert "Minimal workspace: skipped, it comes with Trailer and cannot be changed" in removed.err
    assert "comes with Trailer" in trailer("templates", "disable", "Minimal workspace").err
    assert [row["name"] for row in trailer("templates", "--json").json] == BUILT_IN


def test_a_deletion_without_a_terminal_needs_yes(trailer: Trailer, monkeypatch: pytest.MonkeyPatch) -> None:
    make(trailer, "tools")
    trailer("templates", "save", "tools", "own")
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    refused = trailer("templates", "rm", "own")
    assert (refused.code, "--yes" in refused.err) == (2, True)
    assert len(trailer("templates", "--json").json) == len(BUILT_IN) + 1


def test_commands_for_images_do_not_mean_templates_and_the_other_way_round(trailer: Trailer) -> None:
    make(trailer, "tools")
    trailer("templates", "save", "tools", "own")
    assert "no image is named own" in trailer("show", "own").err
    missing = trailer("templates", "show", "tools")
    assert "no template is named tools" in missing.err
    assert "`trailer templates` lists them" in missing.err


def test_names_of_templates_are_completed(trailer: Trailer) -> None:
    make(trailer, "tools")
    trailer("templates", "save", "tools", "own")
    assert trailer("_complete", "templates", "show", "Py").out.splitlines() == ["Python data science"]
    assert trailer("_complete", "new", "x", "--template", "o").out.splitlines() == ["own"]
    assert trailer("_complete", "templates", "save", "to").out.splitlines() == ["tools"]
    assert trailer("_complete", "templates", "").out.splitlines() == ["show", "save", "enable", "disable", "rm"]
    assert trailer("_complete", "build", "o").out == ""
