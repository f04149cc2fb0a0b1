"""Commands as scripts use them: output, JSON, exit codes."""

from __future__ import annotations

import argparse
import re
import shlex
import threading
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Trailer
from tests.support.fake_engine import FakeStep
from tests.support.live_server import LiveServer
from trailer_tui.cli.parser import build_parser
from trailer_tui.cli.terminal import log_text

pytestmark = pytest.mark.usefixtures("server")


def dockerfile(tmp_path: Path, *lines: str) -> str:
    path = tmp_path / "Dockerfile"
    path.write_text("\n".join(("FROM ubuntu:24.04", *lines)) + "\n")
    return str(path)


def test_an_image_is_made_listed_shown_and_deleted(trailer: Trailer) -> None:
    made = trailer("new", "Tools (dev)", "--base", "ubuntu:24.04", "--no-build", "--json", "--description", "für Ada")
    assert made.code == 0
    assert made.json["configuration"]["image_name"] == "tools-dev:latest"

    [row] = trailer("ls", "FÜR", "--json").json
    assert (row["name"], row["status"], row["image_name"]) == ("Tools (dev)", "build_cancelled", "tools-dev:latest")
    table = trailer("ls")
    assert table.out.splitlines()[0].split()[:3] == ["ID", "NAME", "STATUS"]
    assert "Build cancelled" in table.out

    shown = trailer("show", str(made.json["id"]))
    assert "für Ada" in shown.out
    assert trailer("show", "Tools (dev)", "--json").json["last_build"] is None

    assert trailer("rm", "Tools (dev)", "--yes").code == 0
    assert trailer("ls", "--json").json == []


def test_each_mode_makes_an_image(trailer: Trailer, tmp_path: Path) -> None:
    trailer("new", "a", "--pull", "debian:12", "--no-build")
    trailer("new", "b", "--dockerfile", dockerfile(tmp_path, "RUN true"), "--image-name", "reg.lan/x:1", "--no-build")
    assert [row["image_name"] for row in trailer("ls", "--sort", "name", "--json").json] == ["debian:12", "reg.lan/x:1"]
    assert [row["name"] for row in trailer("ls", "--sort", "name", "--reverse", "--limit", "1", "--json").json] == ["b"]
    assert [row["pulled"] for row in trailer("ls", "--sort", "pulled", "--json").json] == [False, True]
    assert trailer("dockerfile", "b").out == "FROM ubuntu:24.04\nRUN true\n"
    assert trailer("dockerfile", "a").code == 1


def test_environments_are_taken_from_files(trailer: Trailer, tmp_path: Path) -> None:
    file = tmp_path / "Torch dev.yml"
    file.write_text("channels: [conda-forge]\ndependencies: [python=3.12, {pip: [rich]}]\n")
    made = trailer("new", "a", "--base", "debian:12", "--environment", str(file), "--no-build", "--json")
    [environment] = made.json["configuration"]["environments"]
    assert (environment["name"], environment["conda"], environment["pypi"]) == ("torch-dev", ["python=3.12"], ["rich"])
    file.write_text("dependencies: [python=3.12]\nvariables: {A: b}\n")
    refused = trailer("new", "b", "--base", "debian:12", "--environment", str(file), "--no-build")
    assert refused.code == 1
    assert "--environment" in refused.err
    assert "variables" in refused.err
    assert trailer("new", "b", "--pull", "debian:12", "--environment", str(file)).code == 1
    assert trailer("new", "b", "--base", "debian:12", "--environment", str(tmp_path / "none")).code == 1


def test_the_settings_of_a_build_are_options(trailer: Trailer, tmp_path: Path) -> None:
    settings = (
        "--pull-base",
        "--no-squash",
        "--secret",
        "TOKEN",
        "--secret",
        "NPM",
        "--secret",
        "TOKEN",
        "--ssh-agent",
    )
    made = trailer("new", "a", "--dockerfile", dockerfile(tmp_path), *settings, "--no-build", "--json").json
    kept = {name: made["configuration"][name] for name in ("pull_base", "squash", "secrets", "ssh_agent")}
    assert kept == {"pull_base": True, "squash": False, "secrets": ["TOKEN", "NPM"], "ssh_agent": True}
    plain = trailer("new", "b", "--base", "ubuntu:24.04", "--no-build", "--json").json["configuration"]
    assert (plain["pull_base"], plain["squash"], plain["secrets"], plain["ssh_agent"]) == (False, None, [], False)


@pytest.mark.parametrize("option", ["--pull-base", "--squash", "--no-squash", "--secret=TOKEN", "--ssh-agent"])
def test_a_pulled_image_refuses_the_settings_of_a_build(trailer: Trailer, option: str) -> None:
    refused = trailer("new", "x", "--pull", "debian:12", option)
    assert refused.code == 1
    assert "is not built" in refused.err
    assert trailer("ls", "--json").json == []


def test_wrong_values_are_named(trailer: Trailer) -> None:
    refused = trailer("new", "x", "--base", "Ubuntu:24.04", "--image-name", "bad tag")
    assert refused.code == 1
    assert "configuration.base_image 'Ubuntu:24.04'" in refused.err
    assert "configuration.image_name 'bad tag'" in refused.err
    assert trailer("new", "x", "--pull", "a:1", "--image-name", "b:1").code == 1
    assert "No such file" in trailer("new", "x", "--dockerfile", "/nowhere/Dockerfile").err


def test_following_a_build_shows_steps_and_output_in_order(trailer: Trailer, tmp_path: Path) -> None:
    file = dockerfile(tmp_path, "RUN echo hello; seq 1 3", "RUN echo bye")
    built = trailer("new", "demo", "--dockerfile", file, "--follow")
    assert built.code == 0
    lines = built.out.splitlines()
    for earlier, later in (
        ("#2 hello", "#2 3"),
        ("#2 3", "#3 [3/3] RUN echo bye"),
        ("#3 [3/3] RUN echo bye", "#3 bye"),
    ):
        assert lines.index(earlier) < lines.index(later)
    assert "finished" in built.err
    again = trailer("build", "demo", "--follow")
    assert again.code == 0
    assert "#2 cached" in again.out.splitlines()
    assert trailer("show", "demo", "--json").json["last_build"]["number"] == 2


def test_a_failed_build_ends_with_1_and_says_where(trailer: Trailer, tmp_path: Path) -> None:
    failed = trailer("new", "bad", "--dockerfile", dockerfile(tmp_path, "RUN echo before", "RUN exit 7"), "--follow")
    assert failed.code == 1
    assert "line 3" in failed.err
    assert "exit code 7" in failed.err
    assert "line 3" in trailer("show", "bad").out


def test_a_cancelled_build_ends_with_130(trailer: Trailer, server: LiveServer) -> None:
    server.engine.script = [FakeStep("RUN wait", output=["begun\n"], gate=threading.Event())]
    trailer("new", "slow", "--base", "ubuntu:24.04")
    canceller = threading.Timer(0.5, _cancel, [server, 1])
    canceller.start()
    followed = trailer("logs", "slow", "-f")
    assert "begun" in followed.out
    canceller.join()
    assert trailer("show", "slow", "--json").json["last_build"]["state"] == "cancelled"
    again = threading.Timer(0.5, _cancel, [server, 1])
    again.start()
    assert trailer("build", "slow", "--follow").code == 130
    again.join()


def _cancel(server: LiveServer, image_id: int) -> None:
    """Cancel the image's build, once there is one."""
    import httpx

    transport = httpx.HTTPTransport(uds=str(server.options.socket))
    deadline = time.monotonic() + 20
    with httpx.Client(transport=transport) as client:
        while not client.post(f"http://trailer/v1/images/{image_id}/cancel").is_success:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_logs_of_a_pipe_are_the_bytes_of_the_build(trailer: Trailer, server: LiveServer) -> None:
    server.engine.script = [
        FakeStep("RUN one", output=["\x1b[31mred\x1b[0m [b]x\n", "a\rb\n"]),
        FakeStep("RUN two", output=["other\n"]),
    ]
    trailer("new", "demo", "--base", "ubuntu:24.04", "--follow")
    assert "\x1b[31mred\x1b[0m [b]x\na\rb\n" in trailer("logs", "demo").out
    assert trailer("logs", "demo", "--step", "2").out.splitlines() == ["other"]
    raw = trailer("logs", "demo", "--raw", "--step", "1").out
    assert all(re.match(r"1 \d+ [oet] ", line) for line in raw.split("\n") if line)
    missing = trailer("logs", "demo", "--build", "9")
    assert (missing.code, "no build 9" in missing.err) == (1, True)


def test_lines_for_a_terminal_keep_colours_and_nothing_else() -> None:
    assert log_text("\x1b[31mred\x1b[0m\x1b[2J\x07") == "\x1b[31mred\x1b[0m␛[2J␇\x1b[0m"
    assert log_text("10%\r50%\r100%\r") == "100%"
    assert log_text("[red]x\u202e") == "[red]x<U+202E>"


def test_refusals_and_unknown_names_end_with_1(trailer: Trailer) -> None:
    trailer("new", "demo", "--base", "ubuntu:24.04", "--no-build")
    idle = trailer("cancel", "demo")
    assert idle.code == 1
    assert idle.err.startswith("trailer: Not possible right now: ")
    assert trailer("disable", "demo").out == "demo: disabled\n"
    assert trailer("disable", "demo").code == 1
    assert trailer("enable", "demo").code == 0
    unknown = trailer("build", "nope")
    assert (unknown.code, "trailer ls" in unknown.err) == (1, True)


def test_ambiguous_names_list_their_ids(trailer: Trailer) -> None:
    first = trailer("new", "1st", "--base", "ubuntu:24.04", "--no-build", "--json").json
    trailer("new", str(first["id"]), "--base", "ubuntu:24.04", "--no-build")
    refused = trailer("show", str(first["id"]))
    assert refused.code == 1
    assert f"{first['id']} (" in refused.err


def test_delete_does_not_ask_a_pipe_and_skips_what_builds(trailer: Trailer, server: LiveServer) -> None:
    server.engine.script = [FakeStep("RUN wait", gate=threading.Event())]
    trailer("new", "busy", "--base", "ubuntu:24.04")
    trailer("new", "idle", "--base", "ubuntu:24.04", "--no-build")
    assert trailer("rm", "idle").code == 2
    mixed = trailer("rm", "idle", "busy", "--yes")
    assert mixed.code == 1
    assert mixed.out == "idle: deleted\n"
    assert "busy: skipped" in mixed.err


def test_hosts_are_listed_added_and_checked(trailer: Trailer, server: LiveServer) -> None:
    [host] = trailer("hosts", "--json").json
    assert trailer("hosts", "check", host["name"]).code == 0
    assert trailer("hosts", "add", "far", "tcp://far:2376").code == 0
    assert "far" in trailer("hosts").out
    bad = trailer("hosts", "add", "bad", "far:2376")
    assert (bad.code, "unix://" in bad.err) == (1, True)
    server.engine.unreachable = "connection refused"
    down = trailer("hosts", "check", "far")
    assert (down.code, "connection refused" in down.err) == (3, True)
    assert "far" in trailer("hosts", "check", "nowhere").err


def test_status_and_doctor_describe_the_server(trailer: Trailer, server: LiveServer) -> None:
    status = trailer("status", "--json").json
    assert (status["running"], status["socket"]) == (True, str(server.options.socket))
    assert "administrator" in trailer("status").out
    healthy = trailer("doctor")
    assert healthy.code == 0
    assert {"program", "configuration", "socket folder", "data folder", "server"} <= {
        line[2:].split(":")[0] for line in healthy.out.splitlines()
    }
    server.engine.unreachable = "connection refused"
    trailer("hosts", "check", trailer("hosts", "--json").json[0]["name"])
    ill = trailer("doctor", "--json")
    assert ill.code == 1
    assert any(finding["state"] == "error" and "connection refused" in finding["detail"] for finding in ill.json)


def test_stop_is_idempotent_and_guards_builds(trailer: Trailer, server: LiveServer) -> None:
    server.engine.script = [FakeStep("RUN wait", output=["begun\n"], gate=threading.Event())]
    trailer("new", "busy", "--base", "ubuntu:24.04")
    for _ in range(200):
        if trailer("status", "--json").json["building"]:
            break
    refused = trailer("stop")
    assert (refused.code, "--now" in refused.err) == (1, True)
    assert trailer("stop", "--now").code == 0
    assert trailer("stop").out == "no server runs\n"
    assert trailer("status").code == 3
    assert trailer("status", "--json").json["running"] is False


def test_completion_offers_commands_options_names_and_values(trailer: Trailer) -> None:
    trailer("new", "torch dev", "--base", "ubuntu:24.04", "--no-build")
    trailer("new", "other", "--base", "ubuntu:24.04", "--no-build")
    assert trailer("_complete", "sh").out.splitlines() == ["show"]
    assert trailer("_complete", "build", "tor").out.splitlines() == ["torch dev"]
    assert trailer("_complete", "build", "other", "--fo").out.splitlines() == ["--follow"]
    assert "--follow" in trailer("_complete", "logs", "--").out.splitlines()
    assert trailer("_complete", "ls", "--sort", "im").out.splitlines() == ["image-name"]
    assert "local" in trailer("_complete", "hosts", "check", "").out
    assert trailer("_complete", "new", "").out == ""
    for shell in ("bash", "zsh", "fish"):
        assert "_complete" in trailer("completion", shell).out


def _commands(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    found = [parser]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                found += _commands(inner)
    return found


def test_the_example_of_every_command_is_one_that_works() -> None:
    parser = build_parser()
    described = [command for command in _commands(parser) if command.epilog and "example:" in command.epilog]
    assert len(described) > 15
    for command in described:
        example = (command.epilog or "").split("example:")[1].strip()
        parts = [shlex.split(part) for part in re.split(r"[|>&)]", example.removeprefix("source <(")) if part]
        words = next(part for part in parts if part and part[0] == "trailer")
        assert hasattr(parser.parse_args(words[1:]), "run"), example


@pytest.mark.parametrize(
    "words",
    [
        ["explode"],
        ["ls", "--sort", "colour"],
        ["build"],
        ["new", "x"],
        ["ls", "--limit", "0"],
        ["logs", "tools", "--build", "0"],
        ["logs", "tools", "--build", "9" * 20],
        ["logs", "tools", "--step", "-1"],
        ["show", "\udcff"],
    ],
)
def test_usage_errors_end_with_2(trailer: Trailer, words: list[str]) -> None:
    refused = trailer(*words)
    assert refused.code == 2
    assert "usage: trailer" in refused.err
