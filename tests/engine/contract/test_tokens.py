"""Registries with a token server, as Docker Hub is one."""

from __future__ import annotations

import pytest

from tests.engine.contract.subject import Subject
from tests.engine.recorded import Recorded
from tests.support.registry import TokenRegistry
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.model.errors import EngineError


@pytest.mark.promise("Registries with a token server: strangers pull, a login pushes")
def test_a_token_is_fetched_for_each_work(
    host: Subject, recorded: Recorded, word: str, token_registry: TokenRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{token_registry.address}/contract/{word}:1"
    host.engine.tag(host.build(f"RUN echo {word} > /word\n"), name)
    with pytest.raises(EngineError):
        host.engine.push(name, Recorded(), CancelToken())
    with monkeypatch.context() as logged_in:
        logged_in.setenv("DOCKER_CONFIG", str(token_registry.docker_config))
        host.engine.push(name, Recorded(), CancelToken())
    host.engine.remove_image(name)
    host.run(BuildRequest(BuildContext(f"FROM {name}\nRUN cat /word\n"), "test:1"), recorded)
    assert recorded.output("RUN") == f"{word}\n"
    host.engine.remove_image(name)
