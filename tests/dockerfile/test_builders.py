"""What a file needs that its host's builder lacks is said before the build, with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dockerfile.builders import CLASSIC, EARLY, NEW
from trailer_tui.dockerfile.builder import ANY_BUILDER, Builder
from trailer_tui.dockerfile.check import check
from trailer_tui.dockerfile.rules.git_sources import would_be_cloned
from trailer_tui.dockerfile.rules.mounts import Given
from trailer_tui.model.image import DockerfileProblem

F = "FROM debian:12\n"
SYNTAX = "# syntax=docker/dockerfile:1\n"


def findings(text: str, builder: Builder, **known: Any) -> list[DockerfileProblem]:
    """What the check says of a text for a builder."""
    return check(text, builder=builder, **known)


@pytest.mark.parametrize(
    "source",
    [
        "https://github.com/ada/tool.git",
        "http://git.lan/tool.git#main",
        "https://git.lan/a/b.git#v1:docs",
        "https://git.lan/a/b.git?ref=v1&subdir=docs",
        "git://git.lan/tool",
        "ssh://git@git.lan:2222/tool.git",
        "git@github.com:ada/tool.git",
        "git@github.com:ada/tool.git#main",
        "git@git.lan:/srv/tool",
        "HTTPS://git.lan/tool.git",
        "https://ada:pass@git.lan:3000/tool%2Egit#main",
    ],
)
def test_a_repository_is_refused_where_it_would_not_be_cloned(source: str) -> None:
    assert would_be_cloned(source)
    text = f"{F}ADD {source} /src/\n"
    [problem] = findings(text, CLASSIC)
    assert (problem.line, problem.rule, problem.severity) == (2, "git-source-unsupported", "error")
    assert "host build-01 uses the classic builder" in problem.message
    assert [found.rule for found in findings(text, EARLY)] == ["git-source-unsupported"]
    assert ("# syntax=" in findings(text, EARLY)[0].message) == (":docs" not in source)
    assert findings(text, NEW, files=[]) == []
    assert findings(text, ANY_BUILDER, files=[]) == []


@pytest.mark.parametrize(
    "source",
    [
        "https://github.com/ada/tool",
        "https://github.com/ada/tool/archive/main.tar.gz",
        "https://git.lan/get?file=a.git",
        "https://git.lan/a.git/info",
        "https://git.lan/a.git/",
        "https://git.lan/a.git.tar.gz",
        "https://git.lan/a#b.git",
        "https://git.lan.git",
        "ftp://git.lan/a.git",
        "files:notes",
        "a.b@host:x",
        "./git@host:x",
        "github.com/ada/tool",
        "tool.git",
        "a@b",
        "dir/git@x:y",
    ],
)
def test_anything_else_is_no_repository(source: str) -> None:
    assert not would_be_cloned(source)
    assert [problem.rule for problem in findings(f"{F}ADD {source} /src/\n", CLASSIC)] == []


@pytest.mark.parametrize(
    "lines",
    [
        'ADD ["https://git.lan/a.git", "/src/"]',
        "add --chown=1:1 https://git.lan/a.git /src/",
        "ADD \\\n  # a remark\n  notes 'https://git.lan/a.git' /src/",
        "ARG A=https://git.lan/a\nADD ${A}.git /src/",
        "ARG H=git.lan\nENV A=https://$H/a B=x\nADD $A.git /src/",
        "ENV A https://git.lan/a.git\nADD $A /src/",
        "ADD ${A:-https://git.lan/a}.git /src/",
        "ADD https://$HOST/a.git /src/",
    ],
)
def test_a_repository_is_found_however_it_is_written(lines: str) -> None:
    [problem] = findings(f"{F}{lines}\n", CLASSIC)
    assert (problem.rule, problem.severity) == ("git-source-unsupported", "error")
    assert problem.line == F.count("\n") + lines.lower()[: lines.lower().index("add ")].count("\n") + 1


def test_an_early_buildkit_clones_with_a_frontend_but_no_single_folder() -> None:
    text = f"{SYNTAX}{F}ADD https://git.lan/a.git#main /a\nADD https://git.lan/a.git#main:docs /b\n"
    [problem] = findings(text, EARLY)
    assert (problem.line, problem.rule, problem.severity) == (4, "git-source-unsupported", "error")
    assert "choose a host with a newer engine" in problem.message
    assert findings(text, NEW) == []


def test_values_of_variables_are_those_of_the_stage() -> None:
    text = (
        "ARG A=https://git.lan/a.git\nFROM debian:12 AS one\nADD $A /src/\nARG A\nADD $A /src/\n"
        "ENV A=https://git.lan/a.tar\nARG A=https://git.lan/b.git\nADD $A /src/\nFROM one\nADD $A /src/\n"
        "ARG A=git@git.lan:x\nARG UNKNOWN\nENV A=$UNKNOWN\nADD $A /src/\n"
    )
    assert [problem.line for problem in findings(text, CLASSIC)] == [5]


@pytest.mark.parametrize(
    "lines",
    [
        "RUN git clone https://git.lan/a.git",
        "# ADD https://git.lan/a.git /src/",
        "LABEL source=https://git.lan/a.git",
        "COPY --from=one git@git.lan:a /src/",
        "ADD notes https://git.lan/a.git",
        "ADD $UNKNOWN.git /src/",
    ],
)
def test_what_no_add_takes_is_no_repository(lines: str) -> None:
    assert findings(f"FROM debian:12 AS one\n{F}{lines}\n", CLASSIC) == []


def test_heredoc_bodies_hold_no_repository() -> None:
    body = "ADD https://git.lan/a.git /src/\n"
    assert findings(f"{SYNTAX}{F}COPY <<EOF /b\n{body}EOF\nRUN <<EOF\n{body}EOF\n", EARLY) == []


def test_stages_that_buildkit_leaves_out_are_not_refused() -> None:
    text = f"FROM debian:12 AS unused\nADD https://git.lan/a.git /src/\n{F}"
    assert findings(text, EARLY) == []
    assert [problem.line for problem in findings(text, CLASSIC)] == [2]


def test_a_trigger_is_for_the_builds_that_start_from_the_image() -> None:
    [problem] = findings(f"{F}ONBUILD ADD https://git.lan/a.git /src/\n", CLASSIC)
    assert (problem.rule, problem.severity) == ("git-source-unsupported", "warning")


@pytest.mark.parametrize("source", ["git@git.lan:a", "ssh://git@git.lan:2222/a"])
def test_a_repository_behind_ssh_without_an_agent_is_a_warning(source: str) -> None:
    text = f"{F}ADD {source} /src/\nADD https://git.lan/a.git /web/\n"
    [problem] = findings(text, NEW, given=Given([], False))
    assert (problem.line, problem.rule, problem.severity) == (2, "ssh-agent-not-given", "warning")
    assert findings(text, NEW, given=Given([], True)) == findings(text, NEW) == []


def test_copy_never_clones() -> None:
    assert findings(F + "COPY git@host.lan:x /src/\n", CLASSIC) == []


def test_a_mount_is_refused_by_the_classic_builder_alone() -> None:
    text = F + "RUN --mount=type=cache,target=/c true\n"
    [problem] = findings(text, CLASSIC)
    assert (problem.rule, problem.severity) == ("mount-unsupported", "error")
    assert "host build-01 uses the classic builder" in problem.message
    assert findings(text, EARLY) == findings(text, NEW) == []


@pytest.mark.parametrize("flag", ["--link", "--exclude=x"])
def test_an_early_buildkit_lacks_late_flags_unless_a_frontend_brings_them(flag: str) -> None:
    text = f"{F}COPY {flag} a /b\nCOPY --chmod=755 a /c\n"
    [problem] = findings(text, EARLY)
    assert (problem.line, problem.rule, problem.severity) == (2, "flag-needs-buildkit", "warning")
    assert "# syntax=" in problem.message
    assert findings(SYNTAX + text, EARLY) == findings(text, NEW) == []
    assert len(findings(text, CLASSIC)) == 2


def test_heredocs_come_with_a_frontend() -> None:
    text = F + "RUN <<EOF\ntrue\nEOF\n"
    assert [problem.rule for problem in findings(text, EARLY)] == ["heredoc-unsupported"]
    assert findings(SYNTAX + text, EARLY) == []
    assert [problem.rule for problem in findings(SYNTAX + text, CLASSIC)] == ["heredoc-unsupported"]


@pytest.mark.parametrize(
    ("mount", "message"),
    [
        ("type=secret,id=TOKEN", "will not find it"),
        ("type=secret,id=TOKEN,required=true", "the step fails"),
        ("type=secret,required,id=TOKEN", "the step fails"),
        ("type=secret,id=TOKEN,required=false,target=/x", "will not find it"),
        ("type=secret,target=/run/TOKEN", "will not find it"),
        ("type=secret,source=TOKEN", "will not find it"),
    ],
)
def test_a_secret_that_nobody_gives_is_a_warning(mount: str, message: str) -> None:
    text = f"{F}RUN --mount={mount} true\n"
    [problem] = findings(text, NEW, given=Given(["OTHER"], False))
    assert (problem.rule, problem.severity) == ("secret-not-given", "warning")
    assert "TOKEN" in problem.message
    assert message in problem.message
    assert findings(text, NEW, given=Given(["TOKEN"], False)) == []
    assert findings(text, NEW) == []


def test_other_mounts_and_variables_name_no_secret() -> None:
    text = F + "RUN --mount=type=ssh --mount=type=cache,id=x,target=/c --mount=type=secret,id=$X true\n"
    assert findings(text, NEW, given=Given([], True)) == []


def test_an_ssh_mount_without_an_agent_is_a_warning() -> None:
    text = F + "RUN --mount=type=ssh git clone git@git.lan:a/b\n"
    [problem] = findings(text, NEW, given=Given([], False))
    assert (problem.rule, problem.severity) == ("ssh-agent-not-given", "warning")
    assert findings(text, NEW, given=Given([], True)) == findings(text, NEW) == []
