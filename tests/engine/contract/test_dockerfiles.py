"""What a Dockerfile may ask for: on every engine it works, or something else happens that the table tells."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.contract.subject import Subject
from tests.engine.recorded import Recorded
from tests.support.ssh_agent import SshAgent
from trailer_tui.dockerfile.context import BuildContext, ContextEntry
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.model.errors import BuildFailed

Note = Callable[[str], None]

PARSES_HEREDOCS_SINCE = (1, 42)
"""API version from which on the classic builder reads heredocs, and leaves out their lines."""

ASK_THE_AGENT = (
    "use IO::Socket::UNIX; my $agent = IO::Socket::UNIX->new($ENV{SSH_AUTH_SOCK}) or die $!;"
    'print $agent pack("NC", 1, 11); sysread $agent, my $answer, 9; print unpack("x5 N", $answer), " key\\n"'
)
"""Perl that asks an ssh agent for its keys (message 11) and prints how many it has."""


def entry(path: str, content: str) -> ContextEntry:
    return ContextEntry(path, len(content), 0o644, lambda: io.BytesIO(content.encode()))


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Path]:
    """The socket of an ssh agent that has one key."""
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True, capture_output=True)
    agent = SshAgent(tmp_path, key)
    yield agent.socket
    agent.stop()


@pytest.mark.promise("Stages, build arguments, files with their modes")
def test_stages_arguments_and_files(host: Subject, recorded: Recorded, word: str) -> None:
    tool = ContextEntry("files/tool", 22, 0o755, lambda: io.BytesIO(b"#!/bin/sh\necho a tool\n"))
    context = BuildContext(
        f"ARG BASE=none\nFROM ${{BASE}} AS one\nRUN echo {word} > /made\nFROM {host.base}\nARG WORD\n"
        "COPY --from=one /made /made\nCOPY files /opt/\nRUN cat /made; echo $WORD; /opt/tool\n",
        (tool,),
    )
    host.run(BuildRequest(context, "test:1", build_args={"BASE": host.base, "WORD": "[red]"}), recorded)
    assert recorded.output("RUN cat") == f"{word}\n[red]\na tool\n"


@pytest.mark.promise("`.dockerignore` keeps files out")
def test_ignored_files_stay_out(host: Subject, recorded: Recorded, word: str) -> None:
    files = (
        entry(".dockerignore", "*.log\n!kept.log\n"),
        entry("a.log", word),
        entry("kept.log", word),
        entry("b", word),
    )
    host.build("COPY . /all\nRUN ls -A /all\n", recorded, *files)
    assert {"b", "kept.log"} <= set(recorded.output("RUN").split())
    assert "a.log" not in recorded.output("RUN").split()


@pytest.mark.promise("FROM means the image on the host first")
def test_a_local_image_is_the_base_though_the_registry_has_another(
    host: Subject, recorded: Recorded, word: str
) -> None:
    name = f"{host.registry}/contract/{word}:1"
    for content in ("of the registry", "of the host"):
        host.engine.tag(host.build(f"RUN echo {content} > /which\n"), name)
        if content == "of the registry":
            host.engine.push(name, Recorded(), CancelToken())
    host.run(BuildRequest(BuildContext(f"FROM {name}\nRUN cat /which\n"), "test:1"), recorded)
    assert recorded.output("RUN") == "of the host\n"
    host.engine.remove_image(name)


@pytest.mark.promise("Heredocs")
def test_heredocs(host: Subject, recorded: Recorded, word: str, differs: Note) -> None:
    instructions = f"RUN <<END\necho {word}\necho second\nEND\n"
    if host.capabilities.heredocs:
        host.build(instructions, recorded)
        assert recorded.output("RUN") == f"{word}\nsecond\n"
        return
    if tuple(map(int, host.capabilities.api_version.split("."))) >= PARSES_HEREDOCS_SINCE:
        differs("Its lines are left out and nothing is run; Trailer refuses it before the build.")
        host.build(instructions, recorded)
        assert recorded.output("RUN") == ""
        return
    differs("Its lines are taken for instructions, which are unknown; Trailer refuses it before the build.")
    with pytest.raises(BuildFailed, match=r"(?i)unknown instruction"):
        host.build(instructions, recorded)


@pytest.mark.promise("The ssh agent in a step")
def test_ssh_agent(host: Subject, recorded: Recorded, word: str, agent: Path, differs: Note) -> None:
    files = (entry("ask.pl", ASK_THE_AGENT),)
    text = f"FROM {host.base}\nCOPY ask.pl /\nRUN --mount=type=ssh : {word}; perl /ask.pl\n"
    request = BuildRequest(BuildContext(text, files), "test:1", ssh_agent=agent)
    if host.capabilities.secrets:
        host.run(request, recorded)
        assert recorded.output("RUN") == "1 key\n"
        return
    differs("The builder cannot mount it; Trailer refuses the build before it starts.")
    with pytest.raises(BuildFailed):
        host.run(request, recorded)


@pytest.mark.promise("`# syntax=` chooses the Dockerfile frontend")
def test_syntax_directive(host: Subject, recorded: Recorded, word: str, differs: Note) -> None:
    # A frontend that is not there shows that it is asked for.
    frontend = f"{host.registry}/no/{word}:1"
    request = BuildRequest(BuildContext(f"# syntax={frontend}\nFROM {host.base}\nRUN echo {word}\n"), "test:1")
    if host.capabilities.syntax_directive:
        with pytest.raises(BuildFailed, match=word):
            host.run(request, recorded)
        return
    differs("It is a remark; the builder reads the Dockerfile itself.")
    host.run(request, recorded)
    assert recorded.output("RUN") == f"{word}\n"


@pytest.mark.promise("Every line of a step that prints very much")
def test_long_output(host: Subject, recorded: Recorded, word: str, differs: Note) -> None:
    host.build(f"RUN : {word}; seq 1 400000\n", recorded)
    lines = recorded.output("RUN", "o").splitlines()
    if host.capabilities.clips_output:
        differs("The engine leaves out what a step prints beyond 200 KiB a second or 2 MiB; the log says where.")
        assert any("output clipped" in line for line in recorded.output("RUN").splitlines())
        assert len(lines) < 400_000
        return
    assert lines == [str(number) for number in range(1, 400_001)]
