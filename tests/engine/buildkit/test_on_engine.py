"""BuildKit of a real engine: what needs one and is not already in the contract of all engines."""

from __future__ import annotations

import io
import os
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.cancelling import end_of_cancelled, unique_sleep
from tests.engine.processes import appears, gone
from tests.engine.recorded import Recorded
from tests.support.base_image import SHELL_REFERENCE, import_shell_image
from tests.support.dockerd import NoEngine
from tests.support.engine import TlsHost, unavailable
from trailer_tui.dockerfile.context import BuildContext, ContextEntry
from trailer_tui.engine.buildkit import builder
from trailer_tui.engine.buildkit.route import Route
from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.connections import Connections
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.engine.wire import HostAddress
from trailer_tui.model.errors import BuildFailed
from trailer_tui.model.host import BuilderChoice

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def address(docker_host: str) -> str:
    """An engine that has an image with a shell."""
    try:
        import_shell_image(docker_host)
    except NoEngine as error:
        unavailable(str(error))
    return docker_host


@pytest.fixture
def engine(address: str) -> Iterator[DockerEngine]:
    engine = DockerEngine(address, builder=BuilderChoice.BUILDKIT)
    yield engine
    engine.close()


def request(instructions: str, *entries: ContextEntry, **more: object) -> BuildRequest:
    text = f"FROM {SHELL_REFERENCE}\n{instructions}"
    return BuildRequest(BuildContext(text, entries), "test:1", **more)  # type: ignore[arg-type]


def word() -> str:
    return uuid.uuid4().hex


def in_threads(count: int, work: Callable[[int], None]) -> list[BaseException]:
    """Do the work so often at once; the errors."""
    errors: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    return errors


def test_a_secret_is_read_in_its_step_and_in_no_layer(engine: DockerEngine, address: str, recorded: Recorded) -> None:
    secret = f"secret-{word()}"
    asked: list[str] = []

    def read() -> bytes:
        asked.append("token")
        return secret.encode()

    image = engine.build(
        request(
            f"RUN --mount=type=secret,id=token : {word()}; wc -c < /run/secrets/token\n"
            "RUN ls /run/secrets/token || echo gone\n",
            secrets={"token": read},
        ),
        recorded,
        CancelToken(),
    )
    assert asked == ["token"]
    assert recorded.output("RUN --mount", "o") == f"{len(secret)}\n"
    assert recorded.output("RUN ls", "o") == "gone\n"
    client = EngineClient(HostAddress.parse(address), api_version="1.41", timeout=60)
    try:
        saved = b"".join(client.get_image(image))
    finally:
        client.close()
        client.line.close()
    assert b"/run/secrets/token" in saved
    assert secret.encode() not in saved
    assert secret not in str(recorded.events)
    engine.remove_image(image)


def test_a_secret_that_nobody_gave(engine: DockerEngine, recorded: Recorded) -> None:
    engine.build(
        request(f"RUN --mount=type=secret,id=other : {word()}; ls /run/secrets/other || echo none\n"),
        recorded,
        CancelToken(),
    )
    assert recorded.output("RUN", "o") == "none\n"
    with pytest.raises(BuildFailed, match="other"):
        engine.build(
            request(
                f"RUN --mount=type=secret,id=other,required=true : {word()}\n", secrets={"token": lambda: b"value"}
            ),
            Recorded(),
            CancelToken(),
        )


def test_a_step_that_says_nothing_is_waited_for(
    engine: DockerEngine, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "SILENCE_SECONDS", 0.6)
    engine.build(request(f"RUN : {word()}; sleep 2.5; echo done\n"), recorded, CancelToken())
    assert recorded.output("RUN") == "done\n"


def test_builds_with_one_context_key_at_once_do_not_mix(engine: DockerEngine) -> None:
    key, names = word(), [word() for _ in range(8)]
    records = [Recorded() for _ in names]
    secret = os.urandom(450_000)

    def build(number: int) -> None:
        content = names[number].encode()
        engine.build(
            request(
                "COPY name large /\nRUN --mount=type=secret,id=large cat /name; wc -c < /run/secrets/large\n",
                ContextEntry("name", len(content), 0o644, lambda: io.BytesIO(content)),
                ContextEntry("large", 2_000_000, 0o644, lambda: io.BytesIO(os.urandom(2_000_000))),
                secrets={"large": lambda: secret},
                context_key=key,
            ),
            records[number],
            CancelToken(),
        )

    assert in_threads(len(names), build) == []
    assert [record.output("RUN") for record in records] == [f"{name}450000\n" for name in names]


def test_builds_leave_no_thread_and_no_file(engine: DockerEngine) -> None:
    unchanged = request("RUN true\n")
    engine.build(unchanged, Recorded(), CancelToken())
    before = open_files(), threading.active_count()
    for _ in range(20):
        engine.build(unchanged, Recorded(), CancelToken())
    assert (open_files(), threading.active_count()) == before


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_the_environment_does_not_matter(
    engine: DockerEngine, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(variable, "/no/such/bundle.pem")
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:1")
    engine.build(request(f"RUN : {word()}; env\n"), recorded, CancelToken())
    assert "127.0.0.1:1" not in recorded.output("RUN")


def cancelled(build: Callable[[BuildRequest, Recorded, CancelToken], object]) -> Cancelled:
    """Cancel a build whose step sleeps; checks the host's processes."""
    sleep, recorded = unique_sleep(), Recorded()
    sleeping = request(f"RUN echo started; {' '.join(sleep)}\n")
    ended = end_of_cancelled(
        lambda cancel: build(sleeping, recorded, cancel),
        lambda: recorded.output_seen.wait(30) and appears(*sleep),
    )
    assert isinstance(ended, Cancelled)
    assert gone(*sleep)
    return ended


def test_cancel_over_tls(tls_host: TlsHost, address: str) -> None:
    engine = DockerEngine(tls_host.address, tls=tls_host.tls, builder=BuilderChoice.BUILDKIT)
    assert cancelled(engine.build).confirmed
    engine.close()


def test_cancel_over_ssh(ssh_host: str, address: str) -> None:
    engine = DockerEngine(ssh_host, builder=BuilderChoice.BUILDKIT)
    assert cancelled(engine.build).confirmed
    engine.close()


def test_a_large_context_over_tls(tls_host: TlsHost, address: str, recorded: Recorded) -> None:
    engine = DockerEngine(tls_host.address, tls=tls_host.tls, builder=BuilderChoice.BUILDKIT)
    content = os.urandom(20_000_000)
    large = ContextEntry("large", len(content), 0o644, lambda: io.BytesIO(content))
    engine.build(request("COPY large /\nRUN wc -c < /large\n", large), recorded, CancelToken())
    assert recorded.output("RUN") == f"{len(content)}\n"
    engine.close()


@pytest.fixture
def by_session(address: str) -> Iterator[Callable[[BuildRequest, Recorded, CancelToken], str]]:
    """Builds as on an engine that has only `/session` left."""
    connections = Connections(HostAddress.parse(address))
    yield lambda request, recorded, cancel: builder.build(connections, Route.SESSION, request, recorded, cancel)
    connections.close()


def test_the_last_way_to_buildkit_builds_and_fails_alike(
    by_session: Callable[[BuildRequest, Recorded, CancelToken], str], engine: DockerEngine, recorded: Recorded
) -> None:
    content = word().encode()
    one = ContextEntry("one", len(content), 0o644, lambda: io.BytesIO(content))
    image = by_session(
        request(
            "COPY one /\nRUN --mount=type=secret,id=token cat /one /run/secrets/token\n",
            one,
            secrets={"token": lambda: b"!\n"},
        ),
        recorded,
        CancelToken(),
    )
    assert recorded.output("RUN") == f"{content.decode()}!\n"
    assert engine.facts(image) is not None
    with pytest.raises(BuildFailed) as raised:
        by_session(request(f"RUN : {word()}; exit 7\n"), Recorded(), CancelToken())
    assert raised.value.exit_code == 7


def test_the_last_way_to_buildkit_is_cancelled_alike(
    by_session: Callable[[BuildRequest, Recorded, CancelToken], str],
) -> None:
    assert cancelled(by_session).confirmed
