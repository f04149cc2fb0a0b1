"""Templates that come with Trailer, built on a real engine; the local Debian base takes the place of their own."""

from __future__ import annotations

import time

import pytest

from tests.engine.recorded import Recorded
from tests.support.containers import Container, running
from trailer_tui.catalog.templates import builtin_templates
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.interface import BuildRequest

pytestmark = pytest.mark.engine

FETCH = r"exec 3<>/dev/tcp/127.0.0.1/80 && printf 'GET / HTTP/1.0\r\n\r\n' >&3 && cat <&3"


def built(engine: DockerEngine, name: str, base: str) -> str:
    """The id of the template's image on this base."""
    template = next(template for template in builtin_templates() if template.name == name)
    context = build_context(template.configuration.model_copy(update={"base_image": base}))
    assert context is not None
    return engine.build(BuildRequest(context, "a:b"), Recorded(), CancelToken())


def fetched(container: Container) -> str:
    """What the web server answers, once it does."""
    deadline = time.monotonic() + 60
    while (answer := container.run("bash", "-c", FETCH)).code:
        assert time.monotonic() < deadline, answer.output
        time.sleep(0.05)
    return answer.output


def test_the_minimal_workspace_has_its_tools_and_the_web_service_serves(
    engine: DockerEngine, docker_host: str, base_image: str, build_network: None
) -> None:
    image = built(engine, "Minimal workspace", base_image)
    with running(docker_host, image, command=("sleep", "1000")) as container:
        assert container.run("id").output == "uid=1000(workspace) gid=1000(workspace) groups=1000(workspace)\n"
        for tool in ("bash", "curl", "git", "jq", "rsync", "ssh", "tmux", "unzip", "vim", "wget"):
            assert container.run("sh", "-c", f"command -v {tool}").code == 0, tool
        assert container.run("test", "-s", "/etc/ssl/certs/ca-certificates.crt").code == 0
        assert container.run("sh", "-c", 'cd && git init -q project && echo "$HOME"').output == "/home/workspace\n"

    image = built(engine, "Web service with nginx", base_image)
    with running(docker_host, image) as container:
        assert "Welcome to nginx" in fetched(container)
        assert container.run("cat", "/proc/1/comm").output == "nginx\n"
        assert container.stop() == 0
