"""The user and the startup commands of an image, built and run on a real engine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.engine.recorded import Recorded
from tests.support.busybox_image import build_busybox_image, why_no_busybox
from tests.support.containers import Container, running
from tests.support.engine import unavailable
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.dockerfile.plan import BASE_USER
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.model.errors import BuildFailed
from trailer_tui.model.host import BuilderChoice
from trailer_tui.model.image import GenerateConfiguration, WriteConfiguration

pytestmark = pytest.mark.engine

BUSYBOX = "alpine:trailer-test"
"""Of a family that has a package of s6; in these tests it has no package manager."""
OWN_USER = "trailer-test/own-user:1"
LINES = 20_000
FLOOD = "seq -f 'number %.0f, long enough that the end of one line and the start of the next could meet' {lines}"


@pytest.fixture(params=["buildkit", "classic"])
def either_engine(request: pytest.FixtureRequest, docker_host: str, base_image: str) -> Iterator[DockerEngine]:
    """The same engine, with one builder and the other."""
    engine = DockerEngine(docker_host, builder=BuilderChoice(request.param))
    yield engine
    engine.close()


def built(
    engine: DockerEngine, base: str, *, base_user: str = "", recorded: Recorded | None = None, **settings: Any
) -> str:
    configuration = GenerateConfiguration(image_name="a:b", base_image=base, **settings)
    context = build_context(configuration)
    assert context is not None
    arguments = {BASE_USER: base_user} if context.base_of_user else {}
    return engine.build(BuildRequest(context, "a:b", build_args=arguments), recorded or Recorded(), CancelToken())


def until(condition: Callable[[], bool]) -> None:
    """Waits for what a container does in its own time."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not happen within a minute"
        time.sleep(0.05)


def processes(container: Container, command: str) -> list[str]:
    """Numbers of the processes whose command line begins so."""
    shown = container.run(
        "sh", "-c", "for p in /proc/[0-9]*; do printf '%s ' ${p#/proc/}; tr '\\0' ' ' <$p/cmdline; echo; done"
    )
    rows = (line.split(" ", 1) for line in shown.output.splitlines() if " " in line)
    return [number for number, line in rows if line.startswith(command)]


def zombies(container: Container) -> str:
    return container.run("sh", "-c", "cat /proc/[0-9]*/stat | grep ') Z '").output


def test_several_commands_run_as_the_user_come_back_and_stop(
    engine: DockerEngine, docker_host: str, base_image: str, build_network: None
) -> None:
    commands = [
        "sh -c 'trap \"\" TERM; echo deaf to TERM; while :; do sleep 1; done'",
        f"cd / && {FLOOD.format(lines=LINES)}; exec sleep 1001",
        f"{FLOOD.format(lines=LINES)}; exec sleep 1002",
        'sleep 1003 >"$HOME/out"',
        "sh -c 'echo broken >&2; exit 3'",
    ]
    image = built(engine, base_image, user={"uid": 2001, "name": "ada"}, startup=commands)
    with running(docker_host, image) as container:
        until(lambda: container.log().count("[seq] number") == LINES == container.log().count("[seq-2] number"))
        until(lambda: "[sh-2] starts again in 1 s" in container.log() and "[sh] deaf" in container.log())
        ends = [line for line in container.log().splitlines() if line.startswith("[sh-2] ")]
        assert ends[:3] == ["[sh-2] broken", "[sh-2] ended with exit code 3", "[sh-2] starts again in 1 s"]
        for name in ("seq", "seq-2"):
            lines = [line for line in container.log().splitlines() if line.startswith(f"[{name}] ")]
            told = f"[{name}] number %d, long enough that the end of one line and the start of the next could meet"
            assert lines == [told % number for number in range(1, LINES + 1)]
        assert "[sh] deaf to TERM" in container.log().splitlines()

        until(lambda: processes(container, "sleep 1003 ") != [])
        everyone = container.run("sh", "-c", "stat -c %u /proc/[0-9]* | sort -u").output
        assert everyone == "2001\n"
        assert container.run("sh", "-c", "id -un; echo ~; stat -c %U ~ ~/out").output == "ada\n/home/ada\nada\nada\n"

        (first,) = processes(container, "sleep 1003 ")
        assert container.run("sh", "-c", f"kill -9 {first}").code == 0
        until(lambda: processes(container, "sleep 1003 ") not in ([], [first]))
        assert "[sleep] ended by signal 9" in container.log().splitlines()

        container.run("sh", "-c", "(sleep 0 & sleep 0 &)")
        until(lambda: zombies(container) == "")
        assert container.stop() == 0, "it had to be killed after ten seconds"
        assert "[sh] ended by signal 9" in container.log().splitlines()
    with running(docker_host, image, user="12345", read_only=True) as container:
        until(lambda: container.log().count("[seq] number") == LINES)


def test_one_command_is_the_main_process_and_the_base_keeps_its_user(
    either_engine: DockerEngine, docker_host: str, base_image: str
) -> None:
    dockerfile = f'FROM {base_image}\nENTRYPOINT ["/bin/false"]\nSTOPSIGNAL SIGKILL\nUSER www-data:33\n'
    base = either_engine.build(BuildRequest(BuildContext(dockerfile), "a:b"), Recorded(), CancelToken())
    either_engine.tag(base, OWN_USER)
    facts = either_engine.facts(OWN_USER)
    assert facts is not None
    assert facts.user == "www-data:33"

    with running(docker_host, built(either_engine, OWN_USER, startup=["sh -c 'id -u; exit 7'"])) as container:
        assert (container.ended(), container.log()) == (7, "33\n")

    grouped = built(either_engine, OWN_USER, base_user="www-data", user={"gid": 2002}, startup=["sleep 1000 $NOTHING"])
    with running(docker_host, grouped) as container:
        assert container.run("cat", "/proc/1/cmdline").output == "sleep\0" + "1000\0"
        assert container.run("sh", "-c", "id -u; id -g; id -gn").output == "33\n2002\ngroup2002\n"

    line = (
        "cd /tmp && sh -c 'trap \"echo told; exit\" TERM; echo ready; while :; do sleep 1 & wait; done'; echo 'never'"
    )
    context = build_context(
        WriteConfiguration(
            image_name="a:b", dockerfile=f"# escape=`\nFROM {OWN_USER}\nUSER 4:5\n", user={"uid": 2003}, startup=[line]
        )
    )
    assert context is not None
    image = either_engine.build(BuildRequest(context, "a:b"), Recorded(), CancelToken())
    with running(docker_host, image) as container:
        until(lambda: "ready" in container.log())
        assert container.run("sh", "-c", "id -u; id -un; echo ~").output == "2003\nuser\n/home/user\n"
        assert container.stop() == 143
        assert "told" in container.log()
        assert "never" not in container.log()

    # Only for the steps of another part would the user be put back as it was.
    several = build_context(GenerateConfiguration(image_name="a:b", base_image=OWN_USER, startup=["a", "b"]))
    assert several is not None
    lines = [line for line in several.dockerfile.splitlines() if line.startswith(("FROM", "ARG", "USER"))]
    text = "\n".join(lines) + "\n"
    asked = BuildRequest(BuildContext(text), "a:b", build_args={BASE_USER: facts.user})
    restored = either_engine.facts(either_engine.build(asked, Recorded(), CancelToken()))
    assert restored is not None
    assert restored.user == "www-data:33"


def test_a_base_of_busybox_gets_users_too_and_says_at_build_time_what_it_lacks(
    engine: DockerEngine, docker_host: str
) -> None:
    reason = why_no_busybox()
    if reason:
        unavailable(reason)
    build_busybox_image(engine, BUSYBOX)
    user = {"uid": 2001, "name": "ada", "gid": 2002, "group": "team"}
    with running(docker_host, built(engine, BUSYBOX, user=user, startup=["sleep 1000"])) as container:
        assert container.run("sh", "-c", "id; echo ~; stat -c '%U %G' ~").output == (
            "uid=2001(ada) gid=2002(team) groups=2002(team)\n/home/ada\nada team\n"
        )
    recorded = Recorded()
    with pytest.raises(BuildFailed):
        built(engine, BUSYBOX, startup=["sleep 1", "sleep 2"], base_user="root", recorded=recorded)
    assert "install s6 in the base image, choose another base image" in recorded.output("s6-svscan")
