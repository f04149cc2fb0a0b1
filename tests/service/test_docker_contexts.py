"""Docker contexts as hosts: what is read, what is skipped and why, and what a first start makes of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.service.world import ADA, BOB, World
from trailer_tui.model.errors import NotAllowed
from trailer_tui.model.host import HostDraft, TlsFiles
from trailer_tui.model.status import HostState
from trailer_tui.service.docker_contexts import config_folder, free_name, read_contexts, valid_name
from trailer_tui.service.first_hosts import first_host, first_hosts
from trailer_tui.store.database import connect


def write_context(folder: Path, name: str, address: str = "", *, tls: tuple[str, ...] = (), **endpoint: Any) -> Path:
    """A context as Docker's client writes it; returns the folder of its certificates."""
    identity = hashlib.sha256(name.encode()).hexdigest()
    meta = folder / "contexts" / "meta" / identity
    meta.mkdir(parents=True)
    document = {"Name": name, "Metadata": {}, "Endpoints": {"docker": {"Host": address, **endpoint}}}
    (meta / "meta.json").write_text(json.dumps(document))
    certificates = folder / "contexts" / "tls" / identity / "docker"
    certificates.mkdir(parents=True)
    for file in tls:
        (certificates / file).write_text("certificate")
    return certificates


@pytest.fixture
def docker(tmp_path: Path) -> Path:
    """A configuration folder of Docker's client."""
    folder = tmp_path / "docker"
    folder.mkdir()
    return folder


def test_contexts_become_hosts_in_the_order_of_their_names(docker: Path) -> None:
    write_context(docker, "zoo", "ssh://ada@zoo")
    certificates = write_context(docker, "farm", "tcp://farm:2376", tls=("ca.pem", "cert.pem", "key.pem"))
    write_context(docker, "plain", "tcp://plain:2375")
    found = read_contexts(docker)
    assert [(host.name, host.address) for host in found.hosts] == [
        ("farm", "tcp://farm:2376"),
        ("plain", "tcp://plain:2375"),
        ("zoo", "ssh://ada@zoo"),
    ]
    assert found.hosts[0].tls == TlsFiles(
        ca=f"{certificates}/ca.pem", certificate=f"{certificates}/cert.pem", key=f"{certificates}/key.pem"
    )
    assert [host.tls for host in found.hosts[1:]] == [None, None]
    assert found.skipped == []


def test_what_cannot_be_used_is_skipped_with_the_reason(docker: Path) -> None:
    write_context(docker, "pipe", "npipe:////./pipe/docker_engine")
    write_context(docker, "half", "tcp://half:2376", tls=("ca.pem",))
    write_context(docker, "blind", "tcp://blind:2376", SkipTLSVerify=True)
    write_context(docker, "empty")
    write_context(docker, "spaced", "unix:///with space")
    meta = docker / "contexts" / "meta"
    (meta / "broken").mkdir()
    (meta / "broken" / "meta.json").write_text("{")
    (meta / "deep").mkdir()
    (meta / "deep" / "meta.json").write_text("[" * 100_000)
    (meta / "list").mkdir()
    (meta / "list" / "meta.json").write_text("[1]")
    (meta / "none").mkdir()
    (meta / "kubernetes").mkdir()
    (meta / "kubernetes" / "meta.json").write_text('{"Name": "k\\u001b[2J", "Endpoints": {"kubernetes": {}}}')
    write_context(docker, "good", "ssh://good")
    found = read_contexts(docker)
    assert [host.name for host in found.hosts] == ["good"]
    reasons = {skip.name: skip.reason for skip in found.skipped}
    assert len(reasons) == 10
    assert "npipe" in reasons["pipe"]
    assert "cert.pem and key.pem is missing" in reasons["half"]
    assert "does not check" in reasons["blind"]
    assert "no address" in reasons["empty"]
    assert "a space" in reasons["spaced"]
    assert "no JSON" in reasons["broken"]
    assert not any("\x1b" in name for name in reasons)


def test_a_broken_context_is_told_by_its_name_or_the_first_digits_of_its_id(docker: Path) -> None:
    meta = docker / "contexts" / "meta"
    for digit, content in (("a", '{"Name": "farm", "Endpoints": {'), ("b", "{"), ("c", None)):
        folder = meta / (digit * 64)
        folder.mkdir(parents=True)
        if content is not None:
            (folder / "meta.json").write_text(content)
    found = read_contexts(docker)
    assert [(skip.name, skip.reason) for skip in found.skipped] == [
        ("b" * 12, "its meta.json is no JSON"),
        ("c" * 12, "its meta.json cannot be read: No such file or directory"),
        ("farm", "its meta.json is no JSON"),
    ]


def test_nothing_there_is_nothing_found(docker: Path) -> None:
    for folder in (None, docker, docker / "none"):
        assert (read_contexts(folder).hosts, read_contexts(folder).skipped) == ([], [])


def test_the_configuration_is_where_dockers_client_keeps_it() -> None:
    assert config_folder({"HOME": "/home/ada"}) == Path("/home/ada/.docker")
    assert config_folder({"HOME": "/home/ada", "DOCKER_CONFIG": "/etc/docker-ada"}) == Path("/etc/docker-ada")
    assert config_folder({}) is None


@given(st.text(max_size=100))
def test_every_name_becomes_one_that_a_host_may_have(name: str) -> None:
    assert HostDraft(name=valid_name(name), address="ssh://x").name


@given(st.text("ab", min_size=64, max_size=64), st.integers(0, 12))
def test_a_taken_name_gets_a_number(name: str, count: int) -> None:
    taken: set[str] = set()
    for _ in range(count):
        found = free_name(name, taken)
        assert found.casefold() not in taken
        assert len(found) <= 64
        taken.add(found.casefold())


@pytest.mark.parametrize(
    ("value", "address"),
    [
        (None, "unix:///var/run/docker.sock"),
        ("", "unix:///var/run/docker.sock"),
        ("tcp://build-01:2376", "tcp://build-01:2376"),
        ("fd://", "unix:///var/run/docker.sock"),
    ],
)
def test_the_first_host_is_where_the_docker_client_goes(value: str | None, address: str) -> None:
    environment = {} if value is None else {"DOCKER_HOST": value}
    assert (first_host(environment).name, first_host(environment).address) == ("local", address)


def test_the_environments_certificates_reach_the_first_host() -> None:
    environment = {"DOCKER_HOST": "tcp://farm", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/tls"}
    assert first_host(environment).tls == TlsFiles(ca="/tls/ca.pem", certificate="/tls/cert.pem", key="/tls/key.pem")
    from_home = first_host({"DOCKER_HOST": "tcp://farm", "DOCKER_TLS_VERIFY": "1", "HOME": "/home/ada"}).tls
    assert from_home is not None
    assert from_home.ca == "/home/ada/.docker/ca.pem"
    assert first_host(environment | {"DOCKER_TLS_VERIFY": ""}).tls is None
    assert first_host(environment | {"DOCKER_HOST": "unix:///x"}).tls is None


def test_the_local_socket_comes_second_when_it_is_there(docker: Path) -> None:
    write_context(docker, "zoo", "ssh://zoo")
    environment = {"DOCKER_HOST": "tcp://farm:2375", "DOCKER_CONFIG": str(docker)}
    names = [host.name for host in first_hosts(environment, socket_exists=True).hosts]
    assert names == ["local", "local-socket", "zoo"]
    assert [host.name for host in first_hosts(environment, socket_exists=False).hosts] == ["local", "zoo"]


async def test_a_first_start_takes_every_context_once(world: World, docker: Path) -> None:
    await world.close()
    world.folder = world.folder.with_name("fresh")
    write_context(docker, "farm", "tcp://farm:2375")
    write_context(docker, "same", "unix:///run/docker.sock")
    world.environment = {"DOCKER_CONFIG": str(docker)}
    await world.start()
    hosts = await world.service.hosts.all(BOB)
    assert [(host.id, host.name) for host in sorted(hosts, key=lambda host: host.id)] == [(1, "local"), (2, "farm")]
    await world.restart()
    assert len(await world.service.hosts.all(ADA)) == 2


async def test_an_import_adds_what_is_new_and_says_what_it_skipped(world: World, docker: Path) -> None:
    world.environment["DOCKER_CONFIG"] = str(docker)
    write_context(docker, "local", "tcp://elsewhere:2375")
    write_context(docker, "again", "unix:///var/run/docker.sock")
    write_context(docker, "pipe", "npipe://x")
    outcome = await world.service.hosts.import_contexts(ADA)
    assert [(host.name, host.address) for host in outcome.added] == [("local-2", "tcp://elsewhere:2375")]
    assert {skip.name: skip.reason for skip in outcome.skipped}["again"] == "is the engine of host local already"
    assert len(outcome.skipped) == 2
    again = await world.service.hosts.import_contexts(ADA)
    assert (again.added, len(again.skipped)) == ([], 3)
    with pytest.raises(NotAllowed):
        await world.service.hosts.import_contexts(BOB)


async def test_a_host_that_was_reached_with_the_environments_certificates_keeps_them(world: World) -> None:
    farm = await world.service.hosts.create(ADA, HostDraft(name="farm", address="tcp://farm:2376"))
    twin = await world.service.hosts.create(ADA, HostDraft(name="twin", address="tcp://twin:2376"))
    usual = await world.service.hosts.create(ADA, HostDraft(name="usual", address="tcp://farm"))
    await world.close()
    connection = connect(world.folder / "trailer.db")
    connection.execute("DELETE FROM settings")
    # As earlier versions allowed it.
    connection.execute("UPDATE hosts SET address = ? WHERE id = ?", (farm.address, twin.id))
    connection.close()
    world.environment = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/tls"}
    await world.start()
    for host_id in (farm.id, twin.id):
        adopted = (await world.store.hosts.get(host_id)).tls
        assert adopted is not None
        assert adopted.ca == "/tls/ca.pem"
    assert await world.host_state(usual.id) is HostState.DISABLED
    assert (await world.store.hosts.get(1)).tls is None
    plain = await world.service.hosts.create(ADA, HostDraft(name="plain", address="tcp://plain:2375"))
    await world.restart()
    assert (await world.store.hosts.get(plain.id)).tls is None
