"""An image that a Dockerfile names by digest is taken from another registry, which is the mirror of Docker Hub."""

from __future__ import annotations

import pytest

from tests.engine.contract.subject import Subject
from tests.engine.recorded import Recorded
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.service.registry_mirror import takes_stand_ins


@pytest.mark.parametrize("tag", ["", ":1"])
def test_an_image_stands_in_for_one_that_cannot_be_had(host: Subject, recorded: Recorded, word: str, tag: str) -> None:
    if not takes_stand_ins(host.capabilities):
        pytest.skip("this builder takes no image under another name; the build's log says so")
    elsewhere = f"{host.registry}/library/{word}"
    host.engine.tag(host.build(f"RUN echo {word} > /which\n"), f"{elsewhere}:1")
    digest = host.engine.push(f"{elsewhere}:1", Recorded(), CancelToken())
    host.engine.remove_image(f"{elsewhere}:1")
    named, taken = f"{word}{tag}@{digest}", f"{elsewhere}@{digest}"
    host.engine.pull(taken, Recorded(), CancelToken())
    text = f"FROM {named}\nCOPY --from={named} /which /copied\nRUN cat /which /copied\n"
    host.run(BuildRequest(BuildContext(text), "test:1", stand_ins={named: taken}), recorded)
    assert recorded.output("RUN") == f"{word}\n{word}\n"
    host.engine.remove_image(taken)
