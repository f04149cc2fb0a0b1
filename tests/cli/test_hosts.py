"""`trailer hosts` as people and scripts use it."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Trailer
from tests.support.live_server import LiveServer
from trailer_tui.cli.connection import find_host
from trailer_tui.client.client import TrailerClient
from trailer_tui.model.host import Host

pytestmark = pytest.mark.usefixtures("server")


def lose_an_image(server: LiveServer) -> str:
    """An image without a name on the host; returns its id."""
    image = server.engine.add_image("lost:1").docker_image_id
    del server.engine.images["lost:1"]
    return image


def test_a_host_is_added_with_every_setting_and_changed_in_some(trailer: Trailer, tmp_path: Path) -> None:
    added = trailer(
        *("hosts", "add", "farm", "tcp://farm:2376", "--builder", "classic", "--parallel", "4", "--squash"),
        *("--pull-minutes", "5", "--build-minutes", "6", "--push-minutes", "7", "--mirror", "registry.lan/hub"),
        *("--installer-image", "registry.lan/conda:1", "--label", "gpu", "--label", "fast", "--disabled"),
        *("--tls-ca", "ca.pem", "--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", "/tls/key.pem", "--json"),
    )
    assert added.code == 0
    host = added.json
    assert host["tls"] == {
        "ca": str(Path("ca.pem").absolute()),
        "certificate": str(tmp_path / "cert.pem"),
        "key": "/tls/key.pem",
    }
    assert (host["builder"], host["parallel_builds"], host["squash_default"], host["enabled"]) == (
        ("classic", 4, True, False)
    )
    assert (host["pull_minutes"], host["build_minutes"], host["push_minutes"]) == (5, 6, 7)
    assert (host["registry_mirror"], host["labels"]) == ("registry.lan/hub", ["gpu", "fast"])

    edited = trailer("hosts", "edit", "farm", "--name", "barn", "--build-minutes", "9", "--no-squash", "--json").json
    changed = {key for key in host if edited[key] != host[key]}
    assert changed == {"revision", "name", "build_minutes", "squash_default"}
    again = trailer("hosts", "edit", "barn", "--tls-key", "/tls/new.pem", "--no-labels", "--mirror", "", "--json").json
    assert again["tls"] == host["tls"] | {"key": "/tls/new.pem"}
    assert (again["labels"], again["registry_mirror"]) == ([], "")
    plain = trailer("hosts", "edit", "barn", "--no-tls", "--address", "ssh://ada@barn", "--json").json
    assert (plain["tls"], plain["address"]) == (None, "ssh://ada@barn")


def test_an_edit_goes_on_top_of_what_somebody_else_saves_meanwhile(
    trailer: Trailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = trailer("hosts", "add", "farm", "tcp://farm:2376", "--json").json

    async def found_before_another_edit(client: TrailerClient, name: str) -> Host:
        host = await find_host(client, name)
        await client.update_host(host.id, host.draft().model_copy(update={"pull_minutes": 7}), revision=host.revision)
        return host

    monkeypatch.setattr("trailer_tui.cli.commands.hosts.find_host", found_before_another_edit)
    edited = trailer("hosts", "edit", "farm", "--push-minutes", "8", "--json").json
    assert (edited["pull_minutes"], edited["push_minutes"]) == (7, 8)
    assert edited["revision"] == first["revision"] + 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--mirror", "https://registry.lan"], "registry_mirror 'https://registry.lan': is a URL: write the registry"),
        (["--parallel", "0"], "parallel_builds '0'"),
        (["--label", "a,b"], "labels.0 'a,b'"),
        (["--tls-ca", "/ca.pem"], "give all of --tls-ca, --tls-cert and --tls-key"),
        (["--installer-image", "Bad Name"], "installer_image 'Bad Name'"),
    ],
)
def test_wrong_settings_are_named(trailer: Trailer, words: list[str], told: str) -> None:
    refused = trailer("hosts", "add", "farm", "tcp://farm:2376", *words)
    assert (refused.code, told in refused.err) == (1, True), refused.err
    assert [host["name"] for host in trailer("hosts", "--json").json] == ["local"]


def test_one_engine_has_one_record(trailer: Trailer) -> None:
    refused = trailer("hosts", "add", "again", "unix:///run/docker.sock")
    assert refused.code == 1
    assert "is the engine of host local already" in refused.err


def test_a_host_is_disabled_enabled_and_removed(trailer: Trailer) -> None:
    assert "local is enabled" in trailer("hosts", "rm", "local").err
    disabled = trailer("hosts", "disable", "local")
    assert (disabled.code, disabled.out) == (0, "local: disabled, Docker 20.10.24 with the classic builder\n")
    assert trailer("hosts", "enable", "local").out.startswith("local: online")
    trailer("new", "tool", "--base", "ubuntu:24.04", "--no-build")
    trailer("hosts", "disable", "local")
    used = trailer("hosts", "rm", "local")
    assert (used.code, "1 image is built on local: tool" in used.err) == (1, True)
    trailer("rm", "tool", "--yes")
    assert trailer("hosts", "rm", "local").out == "local: deleted\n"
    assert trailer("hosts", "--json").json == []


def test_several_hosts_are_disabled_and_enabled_at_once(trailer: Trailer) -> None:
    trailer("hosts", "add", "farm", "tcp://farm:2376", "--disabled")
    disabled = trailer("hosts", "disable", "local", "farm", "--json")
    assert (disabled.code, [host["enabled"] for host in disabled.json]) == (0, [False, False])
    assert trailer("hosts", "disable", "local", "none").code == 1
    assert trailer("hosts", "enable", "local").out.startswith("local: online")
    gone = trailer("hosts", "rm", "farm", "--json").json
    assert (gone["name"], gone["deleted"]) == ("farm", True)
    assert trailer("_complete", "hosts", "enable", "lo").out == "local\n"


def test_the_table_of_hosts_fits_the_terminal(trailer: Trailer, monkeypatch: pytest.MonkeyPatch) -> None:
    trailer("hosts", "add", "farm", "tcp://farm.in.the.far.country.example:2376", "--disabled")
    assert "tcp://farm.in.the.far.country.example:2376" in trailer("hosts").out
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    lines = trailer("hosts").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert "40.0 GB of 100.0 GB" in lines[2]


def test_the_help_of_a_change_tells_no_defaults(trailer: Trailer) -> None:
    assert "builds at a time (2)" in trailer("hosts", "add", "--help").out
    assert "builds at a time\n" in trailer("hosts", "edit", "--help").out


def test_a_misspelt_command_is_answered_with_the_nearest(trailer: Trailer) -> None:
    refused = trailer("hosts", "enabel")
    assert refused.code == 2
    assert "did you mean `trailer hosts enable`?" in refused.err
    far = trailer("xxxxxxxx").err
    assert "there is no command 'xxxxxxxx': `trailer --help` lists them" in far
    assert "did you mean `trailer ls`?" in trailer("lst").err
    assert "_complete" not in trailer("complete").err


def test_contexts_are_imported(trailer: Trailer, own_home: Path) -> None:
    meta = own_home / ".docker" / "contexts" / "meta" / "1"
    meta.mkdir(parents=True)
    (meta / "meta.json").write_text(json.dumps({"Name": "zoo", "Endpoints": {"docker": {"Host": "ssh://zoo"}}}))
    assert trailer("hosts", "import").out == "zoo: added, ssh://zoo\n"
    again = trailer("hosts", "import")
    assert (again.code, again.out) == (0, "")
    assert "zoo: skipped, is the engine of host zoo already" in again.err
    assert trailer("hosts", "import", "--json").json["added"] == []


def test_usage_tells_what_fills_the_disk(trailer: Trailer, server: LiveServer) -> None:
    server.engine.build_cache = 2_000_000
    shown = trailer("hosts", "usage", "local").out
    assert "40.0 GB free of 100.0 GB" in shown
    assert "Build cache" in shown
    assert trailer("hosts", "usage", "local", "--json").json["build_cache_size"] == 2_000_000
    assert "local" in trailer("hosts").out
    assert "40.0 GB of 100.0 GB" in trailer("hosts").out


def test_a_prune_needs_a_yes(trailer: Trailer, server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = lose_an_image(server)
    server.engine.build_cache = 2_000_000
    unasked = trailer("hosts", "prune", "local")
    assert (unasked.code, unasked.out) == (2, "")
    assert "2.0 MB" in unasked.err
    assert "--yes" in unasked.err

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("no\n"))
    declined = trailer("hosts", "prune", "local", "--build-cache")
    assert (declined.code, "Dangling" in declined.err) == (1, False)
    assert (server.engine.removals, server.engine.build_cache) == ([], 2_000_000)

    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert trailer("hosts", "prune", "local", "--build-cache").code == 0
    assert (server.engine.removals, server.engine.build_cache) == ([], 0)
    removed = trailer("hosts", "prune", "local", "--yes", "--json")
    assert [(item["target"], item["count"]) for item in removed.json] == [
        ("dangling-images", 1),
        ("build-cache", 0),
        ("old-versions", 0),
    ]
    assert server.engine.removals == [lost]
    assert "nothing to remove" in trailer("hosts", "prune", "local").err


def test_what_a_prune_could_not_remove_fails_it(trailer: Trailer, server: LiveServer) -> None:
    server.engine.stuck[lose_an_image(server)] = "conflict: a container uses it"
    failed = trailer("hosts", "prune", "local", "--yes")
    assert failed.code == 1
    assert "Dangling images: 1 stayed: conflict: a container uses it" in failed.err
