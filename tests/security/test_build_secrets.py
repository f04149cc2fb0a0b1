"""A build secret from the person's hand to its step: used there, and left nowhere."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from tests.security.conftest import Command
from tests.security.traces import ProcessWatch, files_with, forms
from tests.support.saved_image import found_in_image

pytestmark = pytest.mark.engine

MOUNT = "--mount=type=secret,id=token"


def test_a_secret_is_used_and_found_nowhere(
    trailer: Command, base_image: str, docker_host: str, logins: Path, tmp_path: Path
) -> None:
    value = f"hush-{uuid.uuid4().hex}"
    word = uuid.uuid4().hex
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(
        f"FROM {base_image}\n"
        f"RUN {MOUNT} wc -c </run/secrets/token >/size && echo {word} >>/size\n"
        f"RUN {MOUNT} head -c 9 /run/secrets/token; sleep 0.3; tail -c +10 /run/secrets/token; echo; cat /size\n"
        f"RUN {MOUNT} cat /run/secrets/token >&2; exit 3\n"
    )
    needles = forms(value)
    with ProcessWatch(needles) as watch:
        assert trailer("secrets", "set", "token", given=value.encode()).returncode == 0
        image = f"secret-{word}:1"
        made = trailer(
            *("new", "tools", "--dockerfile", str(dockerfile), "--image-name", image, "--secret", "token", "--follow")
        )
        assert made.returncode == 1
        lines = dockerfile.read_text().splitlines()
        dockerfile.write_text("\n".join(lines[:-1]) + "\n")
        kept = trailer(
            *("new", "kept", "--dockerfile", str(dockerfile), "--image-name", image, "--secret", "token", "--follow")
        )
        assert kept.returncode == 0, kept.stderr
    assert watch.looks > 5
    assert watch.seen == set()
    said = [made, kept, trailer("logs", "tools"), trailer("show", "tools", "--json"), trailer("secrets", "--json")]
    assert "***" in made.stdout
    assert f" {len(value)}\n" in made.stdout
    assert not [done.args for done in said for needle in needles if needle in (done.stdout + done.stderr).encode()]
    assert files_with(tmp_path, needles, but=logins) == []
    assert found_in_image(docker_host, image, {*needles, word.encode()}) == {word.encode()}


def test_a_build_is_refused_before_it_starts_when_it_cannot_have_its_secret(
    trailer: Command, base_image: str, tmp_path: Path
) -> None:
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(f"FROM {base_image}\nRUN {MOUNT} true\n")
    make = ("new", "tools", "--dockerfile", str(dockerfile), "--secret", "token", "--follow")
    refused = trailer(*make)
    assert refused.returncode == 1
    assert "trailer secrets set token" in refused.stderr
    trailer("secrets", "set", "token", given=b"value of it")
    trailer("hosts", "edit", "local", "--builder", "classic")
    refused = trailer("build", "tools", "--follow")
    assert refused.returncode == 1
    assert "classic builder" in refused.stderr
    trailer("hosts", "edit", "local", "--builder", "buildkit")
    assert trailer("build", "tools", "--follow").returncode == 0
