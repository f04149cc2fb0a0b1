"""From an empty machine to a built image by keys alone, on a real engine."""

from __future__ import annotations

import json
import re

import pytest

from tests.engine.processes import appears, gone
from tests.terminal.conftest import Command, OpenApp
from trailer_tui.engine.docker_engine import DockerEngine

pytestmark = [pytest.mark.engine, pytest.mark.terminal]

SIZES = [(80, 24), (120, 40)]
BUILD_SECONDS = 60


def record_status(trailer: Command, name: str) -> str:
    """A record's status, from the server; a screen may still show the build before."""
    return str(json.loads(trailer("show", name, "--json").stdout)["status"])


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_an_image_is_generated_built_and_found_on_the_host(
    open_app: OpenApp, docker_host: str, base_image: str, columns: int, rows: int
) -> None:
    app = open_app(columns, rows)
    name = f"made at {columns}"
    app.press("n")
    app.wait_for("Description")
    app.press(name, "ctrl+n", "ctrl+n")
    app.wait_for("Base image")
    app.press("tab", *["backspace"] * len("ubuntu:24.04"), base_image, *["ctrl+n"] * 6)
    app.wait_for(f"FROM {base_image}")
    app.press("ctrl+o")
    app.wait_for(lambda screen: name in screen and "Build finished" in screen, BUILD_SECONDS)
    engine = DockerEngine(docker_host)
    facts = engine.facts(f"made-at-{columns}:latest")
    engine.close()
    assert facts is not None
    assert facts.size > 0


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_failing_instruction_is_shown_with_line_exit_code_and_output(
    open_app: OpenApp, base_image: str, columns: int, rows: int
) -> None:
    app = open_app(columns, rows)
    app.press("n")
    app.wait_for("Description")
    app.press("fails", "ctrl+n", "ctrl+n")
    app.wait_for("Write Dockerfile")
    app.press("right", "right", "tab")
    for line in (f"FROM {base_image}", "ENV A=1", "RUN true", "RUN echo almost there && exit 42"):
        app.press(line, "enter")
    app.wait_for("no problems")
    app.press("ctrl+o")
    app.wait_for(lambda screen: "✖ Error" in screen and "fails" in screen, BUILD_SECONDS)
    app.press("l")
    app.wait_for(lambda screen: "exit code 42" in screen and "line 4" in screen)
    # ENV is a step of the classic builder alone.
    app.wait_for(lambda screen: re.search(r"✖ +(3/3|4/4) RUN echo almost there", screen) is not None)


def test_an_image_is_pulled_from_a_registry(
    open_app: OpenApp, trailer: Command, docker_host: str, base_image: str, registry: str
) -> None:
    reference = f"{registry}/tools/pulled:1"
    dockerfile = f"FROM {base_image}\nRUN echo pushed\n"
    pushed = trailer(
        "new", "pushed", "--image-name", reference, "--push", "--dockerfile", "-", "--follow", given=dockerfile
    )
    assert pushed.returncode == 0, pushed.stderr
    engine = DockerEngine(docker_host)
    engine.remove_image(reference)
    app = open_app()
    app.press("n")
    app.wait_for("Description")
    app.press("pulled", "ctrl+n", "ctrl+n")
    app.wait_for("Pull an image")
    app.press("right", "tab", reference, "ctrl+o")
    app.wait_for(lambda screen: screen.count("Build finished") == 2, BUILD_SECONDS)
    facts = engine.facts(reference)
    engine.close()
    assert facts is not None
    [row] = [row for row in json.loads(trailer("ls", "--json").stdout) if row["name"] == "pulled"]
    assert row["pulled"] is True


def test_a_build_outlives_the_app_and_its_terminal(open_app: OpenApp, trailer: Command, base_image: str) -> None:
    lines = 60
    dockerfile = f"FROM {base_image}\nRUN for n in $(seq 1 {lines}); do echo line $n; sleep 0.05; done\n"
    assert trailer("new", "lasting", "--dockerfile", "-", given=dockerfile).returncode == 0
    first = open_app()
    first.wait_for("Building")
    first.press("q")
    assert first.wait_exit() == 0
    assert "background" in first.text()
    second = open_app()
    second.wait_for("Building")
    second.hang_up()
    second.wait_exit()
    third = open_app()
    third.wait_for("Build finished", BUILD_SECONDS)
    printed = trailer("logs", "lasting").stdout.splitlines()
    assert [line for line in printed if line.startswith("line ")] == [f"line {n}" for n in range(1, lines + 1)]


def test_a_rebuild_says_cached_and_an_edit_reuses_what_did_not_change(
    open_app: OpenApp, trailer: Command, base_image: str
) -> None:
    dockerfile = f"FROM {base_image}\nRUN echo kept\nRUN echo first\n"
    assert trailer("new", "again", "--dockerfile", "-", "--follow", given=dockerfile).returncode == 0
    app = open_app(120, 40)
    app.press("enter")
    app.wait_for("Made by")
    app.press("E")
    app.wait_for("Edit again")
    app.press("ctrl+n", "ctrl+n")
    app.wait_for("RUN echo first")
    app.press("tab", *["down"] * 4, "RUN echo second", "ctrl+g")
    app.wait_for("build 2", BUILD_SECONDS)
    app.wait_for(lambda _: record_status(trailer, "again") == "build_finished", BUILD_SECONDS)
    rebuilt = trailer("build", "again", "--follow")
    assert rebuilt.stdout.count("cached") == 3, rebuilt.stderr
    steps = json.loads(trailer("show", "again", "--json").stdout)["last_build"]
    assert steps["number"] == 3


def test_cancelling_ends_the_step_on_the_host(open_app: OpenApp, trailer: Command, base_image: str) -> None:
    dockerfile = f"FROM {base_image}\nRUN sleep 3141.5\n"
    assert trailer("new", "sleeper", "--dockerfile", "-", given=dockerfile).returncode == 0
    app = open_app()
    app.wait_for("Building")
    assert appears("sleep", "3141.5")
    app.press("c")
    app.wait_for("Keep it")
    app.press("tab", "enter")
    app.wait_for("Build cancelled")
    assert gone("sleep", "3141.5")
