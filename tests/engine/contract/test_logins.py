"""Registries that ask for a password, on every engine: FROM, push, a wrong password, none at all."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.contract.subject import Subject
from tests.engine.recorded import Recorded
from tests.support.registry import PasswordRegistry
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.events import StepFinished
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.model.errors import EngineError

Login = Callable[[str | None], None]

Note = Callable[[str], None]

DEEDS = ("build", "pull", "push")


@pytest.fixture
def login(password_registry: PasswordRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Login:
    """Logs in with a password, or with None out: what the account of the server would do."""

    def change(password: str | None) -> None:
        folder = tmp_path / "docker"
        folder.mkdir(exist_ok=True)
        (folder / "config.json").unlink(missing_ok=True)
        if password is not None:
            password_registry.write_login(folder, password=password)
        monkeypatch.setenv("DOCKER_CONFIG", str(folder))

    return change


@pytest.fixture
def private_base(host: Subject, password_registry: PasswordRegistry, login: Login) -> str:
    """An image that only the registry has."""
    reference = f"{password_registry.address}/team/base:{uuid.uuid4().hex}"
    host.engine.tag(host.small_image(uuid.uuid4().hex), reference)
    login(password_registry.password)
    assert host.engine.push(reference, Recorded(), CancelToken()).startswith("sha256:")
    host.engine.remove_image(reference)
    assert host.engine.facts(reference) is None
    return reference


def build(host: Subject, base: str, recorded: Recorded) -> str:
    text = f"FROM {base}\nLABEL word={uuid.uuid4().hex}\n"
    return host.engine.build(BuildRequest(BuildContext(text), "test:1"), recorded, CancelToken())


@pytest.mark.promise("Base images of a registry that needs a login")
def test_a_base_image_that_needs_a_login_is_fetched(host: Subject, private_base: str, recorded: Recorded) -> None:
    assert build(host, private_base, recorded).startswith("sha256:")
    assert not [event for event in recorded.events if isinstance(event, StepFinished) and event.error]


@pytest.mark.promise("A wrong password says so and names the registry")
@pytest.mark.parametrize("doing", DEEDS)
def test_a_wrong_password_says_so(
    host: Subject, private_base: str, login: Login, password_registry: PasswordRegistry, doing: str, differs: Note
) -> None:
    login("wrong-5d0e")
    refused = attempt(host, doing, private_base)
    if unexplained(host, doing):
        differs(UNEXPLAINED)
    else:
        assert "did not accept the login" in refused.cause
    assert password_registry.address in refused.cause
    assert f"docker login {password_registry.address}" in refused.hint
    assert "wrong-5d0e" not in refused.cause + refused.hint


@pytest.mark.promise("A missing login says so and names the registry")
@pytest.mark.parametrize("doing", DEEDS)
def test_no_credentials_at_all_says_so(
    host: Subject, private_base: str, login: Login, password_registry: PasswordRegistry, doing: str, differs: Note
) -> None:
    login(None)
    refused = attempt(host, doing, private_base)
    if unexplained(host, doing):
        differs(UNEXPLAINED)
    else:
        assert "there is no login for it" in refused.cause
    assert password_registry.address in refused.cause
    assert f"docker login {password_registry.address}" in refused.hint


UNEXPLAINED = "A push that is refused for its login ends without a reason; the hint names the login."


def unexplained(host: Subject, doing: str) -> bool:
    """Whether the engine keeps to itself why the registry refused."""
    return host.is_podman and doing == "push"


def attempt(host: Subject, doing: str, reference: str) -> EngineError:
    """The error that the host ends this with."""
    with pytest.raises(EngineError) as raised:
        _DEEDS[doing](host, reference)
    return raised.value


def push_beside(host: Subject, reference: str) -> None:
    other = reference.replace("/base:", "/pushed:")
    host.engine.tag(host.small_image(uuid.uuid4().hex), other)
    try:
        host.engine.push(other, Recorded(), CancelToken())
    finally:
        host.engine.remove_image(other)


_DEEDS: dict[str, Callable[[Subject, str], object]] = {
    "build": lambda host, reference: build(host, reference, Recorded()),
    "pull": lambda host, reference: host.engine.pull(reference, Recorded(), CancelToken()),
    "push": push_beside,
}
