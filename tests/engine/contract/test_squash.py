"""Squash on every engine: what the image is made of changes, what it is does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.contract.subject import Subject
from tests.engine.recorded import Recorded
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.engine.wire import HostAddress

INSTRUCTIONS = """\
RUN echo WORD > /one && ln /one /hard && ln -s one /soft && chmod 4755 /one
RUN mkdir /empty && chmod 1777 /empty
ENV A="b c"
LABEL team=one
USER 1000:1000
WORKDIR /empty
EXPOSE 8080/udp
VOLUME /data
STOPSIGNAL SIGINT
SHELL ["/bin/dash", "-c"]
HEALTHCHECK --interval=7s CMD true
ONBUILD RUN true
ENTRYPOINT ["/bin/sh"]
CMD ["-c", "id"]
"""

Note = Callable[[str], None]

KEPT = (
    *("Env", "Labels", "User", "WorkingDir", "ExposedPorts", "Volumes", "StopSignal"),
    *("Shell", "Healthcheck", "OnBuild", "Entrypoint", "Cmd"),
)


@pytest.mark.promise("Squash keeps the configuration and the files")
def test_a_squashed_image_is_the_same(host: Subject, word: str, remark: Note) -> None:
    image = host.build(INSTRUCTIONS.replace("WORD", word))
    squashed = host.engine.squash(image, Recorded(), CancelToken())
    before, after = configuration(host.address, image), configuration(host.address, squashed)
    if host.is_podman:
        remark("The environment gets `container=podman`, and may come in another order.")
        after["Env"].remove("container=podman")
        after["Env"].sort()
        before["Env"].sort()
    assert {name: after.get(name) for name in KEPT} == {name: before.get(name) for name in KEPT}
    assert files(host, squashed, f"contract/{word}:1") == files(host, image, f"contract/{word}:2")


def files(host: Subject, image: str, name: str) -> str:
    """What a build on the image sees of its files."""
    look = "stat -c '%n %a %h %s' /one /hard /empty; ls -l /soft /empty; cat /hard; ls /bin/sh"
    recorded = Recorded()
    host.engine.tag(image, name)
    host.run(BuildRequest(BuildContext(f"FROM {name}\nUSER 0\nRUN {look}\n"), "test:1"), recorded)
    host.engine.remove_image(name)
    assert "/one 4755 2 33" in recorded.output("RUN stat")
    return recorded.output("RUN stat")


def configuration(address: str, image: str) -> dict[str, Any]:
    """The `Config` of an image's inspection."""
    client = EngineClient(HostAddress.parse(address), api_version="1.41", timeout=60)
    try:
        found: dict[str, Any] = client.image_details(image)["Config"]
    finally:
        client.close()
        client.line.close()
    return found
