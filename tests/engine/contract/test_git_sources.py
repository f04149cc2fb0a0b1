"""Git repositories as sources of ADD: every way to name one, private ones, and what is told when one is not there."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.contract.subject import Subject
from tests.engine.recorded import Recorded
from tests.support.git_server import GitServer, Repository
from tests.support.ssh_agent import SshAgent
from tests.support.ssh_server import SshServer
from trailer_tui.dockerfile.builder import Builder
from trailer_tui.dockerfile.check import check
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.model.errors import BuildFailed

pytestmark = pytest.mark.promise("ADD clones a git address")

Note = Callable[[str], None]

TOKEN = "token-7c1e"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    reason = GitServer.why_not()
    if reason:
        pytest.skip(reason)
    return Repository.make(tmp_path_factory.mktemp("git"))


@pytest.fixture(scope="module")
def public(repository: Repository) -> Iterator[GitServer]:
    """Serves the repository to all."""
    server = GitServer(repository)
    yield server
    server.close()


@pytest.fixture(scope="module")
def private(repository: Repository) -> Iterator[GitServer]:
    """Serves the repository to those who have the token."""
    server = GitServer(repository, token=TOKEN)
    yield server
    server.close()


@pytest.fixture
def cloning(host: Subject) -> Subject:
    """The engine, when its builder clones."""
    if not host.capabilities.git_sources:
        pytest.skip("this builder clones nothing, which is checked once")
    return host


@pytest.fixture
def ssh(tmp_path: Path) -> Iterator[SshServer]:
    """Lets a key in."""
    reason = SshServer.why_not()
    if reason:
        pytest.skip(reason)
    server = SshServer(tmp_path, "unix:///no/engine")
    server.start()
    yield server
    server.stop()


def refused(host: Subject, source: str, request: BuildRequest | None = None) -> BuildFailed:
    """The error that adding this source ends with."""
    with pytest.raises(BuildFailed) as raised:
        host.run(request) if request else host.build(f"ADD {source} /cloned\n")
    return raised.value


def test_a_repository_is_cloned_or_refused_before(
    host: Subject, recorded: Recorded, word: str, public: GitServer, differs: Note
) -> None:
    instructions = f"ADD {public.address}#main /cloned\nRUN : {word}; cat /cloned/file\n"
    problems = check(f"FROM {host.base}\n{instructions}", builder=Builder.of(host.capabilities, "here"))
    if host.capabilities.git_sources:
        assert problems == []
        host.build(instructions, recorded)
        assert recorded.output("RUN") == "last\n"
        return
    assert [(problem.line, problem.severity, problem.rule) for problem in problems] == [
        (2, "error", "git-source-unsupported")
    ]
    if host.is_podman:
        # It is not run: this Podman then copies the root of the machine that it runs on.
        differs("It copies files of the engine's machine into the image; Trailer refuses it before the build.")
        return
    differs("The address is taken for a file to download; Trailer refuses it before the build.")
    with pytest.raises(BuildFailed):
        host.build(instructions, recorded)


def test_every_way_to_name_a_commit_or_folder(
    cloning: Subject, recorded: Recorded, word: str, public: GitServer, repository: Repository
) -> None:
    address = public.address
    cloning.build(
        f"ARG WHERE={address.removesuffix('.git')}\n"
        f"ADD {address} /default\n"
        f'ADD ["{address}#other", "/branch"]\n'
        f"ADD --chown=7:7 ${{WHERE}}.git#v1 /tag\n"
        f"ADD --keep-git-dir=true {address}#{repository.first} /commit\n"
        f"add {address}#main:folder /folder\n"
        f"RUN : {word}; cd /; cat default/file branch/file tag/file commit/file\n"
        f"RUN : {word}; cd /; ls -A tag commit folder; stat -c %u tag\n",
        recorded,
    )
    assert recorded.output("cat default").split() == ["last", "beside", "first", "first"]
    assert recorded.output("ls -A").split() == ["commit:", ".git", "file", "folder:", "inner", "tag:", "file", "7"]


def test_what_looks_like_a_repository_and_is_a_file_is_downloaded(cloning: Subject, public: GitServer) -> None:
    failed = refused(cloning, f"{public.address}/")
    assert "404" in failed.cause
    assert "git repository" not in failed.cause


@pytest.mark.parametrize(
    ("secret", "value"),
    [
        ("GIT_AUTH_TOKEN.{host}", TOKEN.encode()),
        ("GIT_AUTH_TOKEN", f"{TOKEN}\n".encode()),
        ("GIT_AUTH_HEADER.{host}", b"basic " + base64.b64encode(f"x-access-token:{TOKEN}".encode()) + b"\n"),
    ],
)
def test_a_private_repository_is_cloned_with_the_secret_that_the_engine_asks_for(
    cloning: Subject, recorded: Recorded, word: str, private: GitServer, secret: str, value: bytes
) -> None:
    text = f"FROM {cloning.base}\nADD {private.address} /cloned\nRUN : {word}; cat /cloned/file\n"
    secrets = {secret.format(host=private.host): lambda: value}
    cloning.run(BuildRequest(BuildContext(text), "test:1", secrets=secrets), recorded)
    assert recorded.output("RUN") == "last\n"
    assert TOKEN not in str(recorded.events)


@pytest.mark.parametrize("token", [None, "wrong"])
def test_a_private_repository_without_the_right_token_says_which_secret_to_give(
    cloning: Subject, private: GitServer, token: str | None
) -> None:
    name = f"GIT_AUTH_TOKEN.{private.host}"
    text = f"FROM {cloning.base}\nADD {private.address}#v1 /cloned\n"
    secrets = {name: token.encode} if token else {}
    failed = refused(cloning, "", BuildRequest(BuildContext(text), "test:1", secrets=secrets))
    assert failed.cause.startswith(f"git repository {private.address}: the git server wants a login")
    assert name in failed.hint


@pytest.mark.parametrize(
    ("source", "cause", "hint"),
    [
        ("{address}#no-such", "no such branch or tag", "spelling"),
        ("{address}#" + "a" * 40, "no such commit", "commit"),
        ("{address}#main:no/such", "no such folder", "after the colon"),
        ("http://{host}/other.git", "no such repository", "address"),
        ("http://localhost:1/x.git", "cannot reach the git server", "localhost:1"),
        ("http://host.invalid/x.git", "cannot find the git server's name", "host.invalid"),
        ("https://{host}/x.git", "do not agree on TLS", "certificate"),
    ],
)
def test_what_cannot_be_cloned_has_its_cause_and_remedy(
    cloning: Subject, public: GitServer, source: str, cause: str, hint: str
) -> None:
    failed = refused(cloning, source.format(address=public.address, host=public.host))
    assert cause in failed.cause
    assert hint in failed.hint


def test_a_repository_behind_ssh_is_cloned_with_the_agent(
    cloning: Subject, recorded: Recorded, word: str, ssh: SshServer, repository: Repository, tmp_path: Path
) -> None:
    source = f"{ssh.address}{repository.path}"
    text = f"FROM {cloning.base}\nADD {source}#main /cloned\nRUN : {word}; cat /cloned/file\n"
    folders = [tmp_path / "of right key", tmp_path / "of wrong key"]
    for folder in folders:
        folder.mkdir()
    agents = [SshAgent(folder, key) for folder, key in zip(folders, (ssh.key, ssh.wrong_key), strict=True)]
    with_agent, with_wrong = (BuildRequest(BuildContext(text), "test:1", ssh_agent=agent.socket) for agent in agents)
    try:
        cloning.run(with_agent, recorded)
        assert recorded.output("RUN") == "last\n"
        failed = refused(cloning, "", with_wrong)
    finally:
        for agent in agents:
            agent.stop()
    assert "accepts no key of the ssh agent" in failed.cause
    assert "ssh-add" in failed.hint
    failed = refused(cloning, f"{source}#main")
    assert "the build has no ssh agent" in failed.cause
    assert failed.hint == "switch the ssh agent of the image on"
