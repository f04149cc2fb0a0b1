"""User and startup commands in generated Dockerfiles: the text, and that no value gets out of its place."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from trailer_tui.dockerfile.check import check
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.dockerfile.inputs import BuildInputs
from trailer_tui.dockerfile.parse import Instruction, parse
from trailer_tui.model.image import GenerateConfiguration
from trailer_tui.model.services import LinuxDesktop, Services
from trailer_tui.model.workspace_user import WorkspaceUser

DESKTOP = Services(desktop=LinuxDesktop(operating_system="debian", environment="xfce"))
STARTS = ["STOPSIGNAL SIGTERM", "ENTRYPOINT []"]


def generated(base_image: str = "debian:12", *, platform: str = "linux-64", **settings: Any) -> BuildContext:
    configuration = GenerateConfiguration(image_name="a:b", base_image=base_image, **settings)
    context = build_context(configuration, BuildInputs(platform=platform))
    assert context is not None
    assert check(context.dockerfile, files=[entry.path for entry in context.entries]) == []
    return context


def instructions(context: BuildContext) -> list[Instruction]:
    return list(parse(context.dockerfile).instructions)


def texts(context: BuildContext) -> list[str]:
    return [instruction.text for instruction in instructions(context)]


def entry(context: BuildContext, path: str) -> str:
    (found,) = [entry for entry in context.entries if entry.path == f".trailer/{path}"]
    with found.open() as file:
        return file.read().decode()


def test_one_command_is_the_main_process() -> None:
    assert texts(generated(startup=["nginx -g 'daemon off;'"])) == [
        "FROM debian:12",
        *STARTS,
        'CMD ["nginx", "-g", "daemon off;"]',
    ]


def test_a_shell_becomes_the_program_that_it_helps() -> None:
    assert instructions(generated(startup=['serve "$HOME" > /tmp/log']))[-1].json == (
        "/bin/sh",
        "-c",
        'exec serve "$HOME" > /tmp/log',
    )


def test_a_shells_line_gets_what_passes_signals_on() -> None:
    context = generated(startup=["cd /srv && serve"])
    assert texts(context)[1:] == [
        "COPY .trailer/startup/ /opt/trailer/startup/",
        *STARTS,
        'CMD ["/opt/trailer/startup/shell", "cd /srv && serve"]',
    ]
    assert [(entry.path, entry.mode) for entry in context.entries] == [(".trailer/startup/shell", 0o755)]


@pytest.mark.parametrize("command", ["lab --x", "lab > x", "lab; lab"])
def test_an_environment_stands_before_all_of_it(command: str) -> None:
    alone = instructions(generated(startup=[command]))[-1].json
    assert alone is not None
    context = generated(environments=[{"name": "ml"}], startup=[{"command": command, "environment": "ml"}])
    assert instructions(context)[-1].json == ("/usr/local/bin/ws-run", "ml", *alone)


def test_several_commands_are_scripts_under_the_supervisor() -> None:
    commands = ["nginx -g 'daemon off;'", "worker $QUEUE", "cd /srv && ./serve", "worker 2"]
    context = generated(user={"uid": 2001, "name": "ada"}, startup=commands)
    assert texts(context)[-5:] == [
        "COPY .trailer/startup/ /opt/trailer/startup/",
        "USER 2001",
        *STARTS,
        'CMD ["/opt/trailer/startup/start"]',
    ]
    assert "# Startup commands: nginx, worker, serve, worker-2\n" in context.dockerfile
    assert entry(context, "startup/commands/nginx") == "#!/bin/sh\nexec nginx -g 'daemon off;'\n"
    assert entry(context, "startup/commands/worker") == "#!/bin/sh\nexec /bin/sh -c 'exec worker $QUEUE'\n"
    assert entry(context, "startup/commands/serve") == (
        "#!/bin/sh\nexec /opt/trailer/startup/shell 'cd /srv && ./serve'\n"
    )
    assert all(entry.mode == 0o755 for entry in context.entries if "commands/" in entry.path)


@pytest.mark.parametrize(
    ("base", "platform", "has", "has_not"),
    [
        ("debian:12", "linux-64", ["apt-get install"], ["apk add", "ADD ", "curl -f"]),
        ("alpine:3.20", "linux-64", ["apk add"], ["apt-get", "ADD ", "curl -f"]),
        ("archlinux:latest", "linux-64", ["pacman -Sy"], ["apt-get", "ADD ", "curl -f"]),
        ("fedora:42", "linux-64", ["ADD https://", "s6-overlay-x86_64.tar.xz", "sha256sum -c"], ["apt-get", "curl -f"]),
        ("fedora:42", "linux-aarch64", ["s6-overlay-aarch64.tar.xz", "sha256sum -c"], ["x86_64", "curl -f"]),
        ("fedora:42", "linux-ppc64le", ["uname -m"], ["ADD "]),
        (
            "registry.lan/own:1",
            "linux-64",
            ["apt-get install", "apk add", "pacman -Sy", "curl -f", "wget -q"],
            ["ADD "],
        ),
    ],
)
def test_s6_comes_from_where_the_base_has_it(base: str, platform: str, has: list[str], has_not: list[str]) -> None:
    text = generated(base, platform=platform, startup=["a", "b"]).dockerfile
    assert all(part in text for part in ["command -v s6-svscan", *has])
    assert not any(part in text for part in has_not)


def test_commands_of_a_desktop_are_services_of_its_init() -> None:
    context = generated("lscr.io/linuxserver/webtop:debian-xfce", services=DESKTOP, startup=["syncthing", "a; b"])
    keywords = [instruction.keyword for instruction in instructions(context)]
    assert not {"CMD", "ENTRYPOINT", "STOPSIGNAL"} & set(keywords)
    assert [instruction.arguments for instruction in instructions(context) if instruction.keyword == "USER"] == ["root"]
    assert entry(context, "s6-rc.d/trailer-syncthing/type") == "longrun\n"
    assert entry(context, "s6-rc.d/trailer-syncthing/producer-for") == "log-of-trailer-syncthing\n"
    assert entry(context, "s6-rc.d/log-of-trailer-syncthing/consumer-for") == "trailer-syncthing\n"
    assert entry(context, "s6-rc.d/user/contents.d/pipeline-of-trailer-syncthing") == ""
    assert "s6-setuidgid abc" in entry(context, "s6-rc.d/trailer-a/run")
    assert entry(context, "startup/commands/syncthing") == "#!/bin/sh\nexec syncthing\n"


def test_no_name_of_a_desktops_command_is_that_of_anothers_log() -> None:
    commands = ["web", "web-log", "web-pipeline", "log-of-trailer-web", "pipeline-of-trailer-web"]
    context = generated("lscr.io/linuxserver/webtop:debian-xfce", services=DESKTOP, startup=commands)
    paths = [entry.path for entry in context.entries]
    assert len(set(paths)) == len(paths)
    services = [path.split("/")[2] for path in paths if path.endswith("/type")]
    pipelines = [path.rpartition("/")[2] for path in paths if "/contents.d/" in path]
    assert len({*services, *pipelines}) == 3 * len(commands)


def test_a_user_is_made_by_one_step_and_named_by_its_number() -> None:
    context = generated(user={"uid": 2001, "name": "ada", "gid": 2002, "group": "team"})
    assert texts(context)[1:] == [
        "USER root",
        "COPY .trailer/workspace-user /opt/trailer/workspace-user",
        "RUN /bin/sh /opt/trailer/workspace-user 2001 ada 2002 team",
        "USER 2001",
    ]
    assert context.base_of_user == ""


@pytest.mark.parametrize(
    ("user", "last"),
    [
        ({"name": "ada"}, "USER ada"),
        ({"uid": 0}, "USER 0"),
        ({"uid": 0, "gid": 5}, "USER 0:5"),
        ({"name": "root", "group": "team"}, "USER root:team"),
        ({"uid": 0, "name": "toor", "gid": 5}, "USER 0"),
        ({"gid": 2002}, "USER ${TRAILER_BASE_USER}:2002"),
        ({"gid": 2002, "group": "team"}, "USER ${TRAILER_BASE_USER}:2002"),
        ({"group": "team"}, "USER ${TRAILER_BASE_USER}:team"),
    ],
)
def test_what_user_names(user: dict[str, Any], last: str) -> None:
    context = generated(user=user)
    assert texts(context)[-1] == last
    only_group = "TRAILER" in last
    assert (context.base_of_user, context.takes_base_group) == ("debian:12" if only_group else "", not only_group)
    assert ("ARG TRAILER_BASE_USER=root" in texts(context)) is only_group


def test_steps_of_others_leave_the_bases_user() -> None:
    context = generated("registry.lan/own:1", startup=["a", "b"])
    assert texts(context)[1:3] == ["ARG TRAILER_BASE_USER=root", "USER root"]
    assert "USER ${TRAILER_BASE_USER}" in texts(context)
    assert (context.base_of_user, context.takes_base_group) == ("registry.lan/own:1", True)


def test_a_desktops_user_gets_numbers_and_no_name() -> None:
    context = generated(
        "lscr.io/linuxserver/webtop:debian-xfce", services=DESKTOP, user={"uid": 2001, "name": "ada", "gid": 2002}
    )
    assert "ENV PUID=2001 PGID=2002" in texts(context)
    assert "a desktop's user is always named abc: ada is not used" in context.notes
    assert "workspace-user" not in context.dockerfile


def test_the_last_number_is_noted() -> None:
    assert "65535" in " ".join(generated(user={"gid": 65535}).notes)


@pytest.mark.parametrize("user", [{"name": "root", "uid": 5}, {"group": "root", "gid": 5}])
def test_root_has_no_other_number(user: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="is not 0"):
        WorkspaceUser(**user)


_HOSTILE = [
    "x",
    "\\",
    "'",
    '"',
    "$(id)",
    "`id`",
    "${A}",
    ";",
    "\u2028",
    "é",
    "#",
    "RUN evil",
    "<<EOF",
    "{{ x }}",
    "🚀" * 50,
]
_commands = st.one_of(
    st.lists(st.sampled_from(_HOSTILE), min_size=1, max_size=8).map(" ".join),
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60),
    st.sampled_from(["x" * 8000, "🚀" * 8000, "' '" * 2000]),
)


def _accepted(command: str) -> str:
    """The command as the form keeps it, or a plain one where the form refuses it."""
    try:
        (kept,) = GenerateConfiguration(image_name="a:b", startup=[command]).startup
    except ValidationError:
        return "x"
    return kept.command


@given(_commands.map(_accepted))
def test_no_command_gets_out_of_the_main_process(command: str) -> None:
    found = [item for item in instructions(generated(startup=[command])) if item.keyword != "COPY"]
    assert [item.keyword for item in found] == ["FROM", "STOPSIGNAL", "ENTRYPOINT", "CMD"]
    words = found[-1].json
    assert words is not None
    if words[:2] == ("/bin/sh", "-c"):
        assert words[2:] in ((f"exec {command}",), tuple(shlex.split(command))[2:])
    elif words[0] == "/opt/trailer/startup/shell":
        assert words[1:] == (command,)
    else:
        assert list(words) == shlex.split(command)


@given(st.lists(_commands.map(_accepted), min_size=2, max_size=3))
def test_no_command_gets_out_of_its_script(commands: list[str]) -> None:
    plain = instructions(generated(startup=["a"] * len(commands)))
    context = generated(startup=commands)
    assert [item.text for item in instructions(context)] == [item.text for item in plain]
    scripts = [entry for entry in context.entries if entry.path.startswith(".trailer/startup/commands/")]
    for command, script in zip(commands, scripts, strict=True):
        alone = instructions(generated(startup=[command]))[-1].json
        with script.open() as file:
            first, second, end = file.read().decode().split("\n")
        assert (first, end) == ("#!/bin/sh", "")
        assert shlex.split(second) == ["exec", *(alone or ())]
