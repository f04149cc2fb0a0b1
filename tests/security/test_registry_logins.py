"""A login to a registry is used and leaves no trace, whether it is right or wrong."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.recorded import Recorded
from tests.security.conftest import Command
from tests.security.traces import ProcessWatch, files_with, forms
from tests.support.registry import PasswordRegistry
from tests.support.saved_image import found_in_image
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.docker_engine import DockerEngine

pytestmark = pytest.mark.engine

WRONG = "wrong-9f1b2c7d44"


@pytest.fixture
def private_base(docker_host: str, base_image: str, password_registry: PasswordRegistry, logins: Path) -> Iterator[str]:
    """An image that only the registry has."""
    reference = f"{password_registry.address}/team/base:{uuid.uuid4().hex}"
    engine = DockerEngine(docker_host)
    facts = engine.facts(base_image)
    assert facts is not None
    engine.tag(facts.docker_image_id, reference)
    engine.push(reference, Recorded(), CancelToken())
    engine.remove_image(reference)
    yield reference
    engine.remove_image(reference)
    engine.close()


def test_a_login_is_used_and_found_nowhere(
    trailer: Command,
    builder: str,
    private_base: str,
    password_registry: PasswordRegistry,
    docker_host: str,
    logins: Path,
    tmp_path: Path,
) -> None:
    right, wrong = (
        forms(password, user=password_registry.user, registry=password_registry.address)
        for password in (password_registry.password, WRONG)
    )
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(f"FROM {private_base}\nRUN echo {uuid.uuid4().hex} >/word\nRUN env; cat /proc/1/environ\n")
    result = private_base.replace("/base:", "/result:")
    said = [trailer("hosts", "edit", "local", "--builder", builder)]
    make = ("new", "tools", "--dockerfile", str(dockerfile), "--image-name", result, "--push", "--pull-base")
    with ProcessWatch(right | wrong) as watch:
        said.append(trailer(*make, "--follow"))
        assert said[-1].returncode == 0, said[-1].stderr

        password_registry.write_login(logins, password=WRONG)
        said.append(trailer("build", "tools", "--follow"))
        assert said[-1].returncode == 1
        assert f"registry {password_registry.address}" in said[-1].stderr
        assert "did not accept the login" in said[-1].stderr

        (logins / "config.json").unlink()
        said.append(trailer("build", "tools", "--follow"))
        assert said[-1].returncode == 1
        assert "there is no login for it" in said[-1].stderr
        assert f"docker login {password_registry.address}" in said[-1].stderr
    assert watch.looks > 5
    assert watch.seen == set()

    said += [trailer("show", "tools", "--json"), trailer("logs", "tools"), trailer("doctor")]
    assert not [
        done.args for done in said for needle in right | wrong if needle in (done.stdout + done.stderr).encode()
    ]
    assert files_with(tmp_path, right | wrong, but=logins) == []
    assert found_in_image(docker_host, result, right | wrong) == set()
