"""`trailer export`, `apply` and `schema`: a record goes to another server and is equal there."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import Outcome, Trailer
from tests.cli.records import BUNDLE, at, make, record_of, second_server, whole, windows
from tests.support.fake_engine import FakeStep
from tests.support.json_schema import complaints
from tests.support.live_server import LiveServer
from trailer_tui.client.client import TrailerClient
from trailer_tui.model.errors import EditConflict
from trailer_tui.model.host import HostDraft
from trailer_tui.model.image import ImageDraft, ImageRecord, WriteConfiguration

pytestmark = pytest.mark.usefixtures("server")

OWN = ("name", "description", "host_name", "enabled", "is_template", "configuration")
"""What of a record is its owner's: all but numbers, times and builds."""


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts text onto the standard input of the next command."""

    def give(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    return give


def test_a_record_is_equal_on_a_second_server(
    server: LiveServer, trailer: Trailer, given: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = make(server, whole())
    exported = trailer("export", "whole")
    assert (exported.code, exported.err) == (0, "")
    with second_server(monkeypatch, tmp_path) as second:
        given(exported.out)
        applied = trailer("apply", "-f", "-")
        assert applied.code == 0, applied.err
        assert applied.out.splitlines()[-1] == "whole: created with id 1; build 1 is queued"
        copy = record_of(second, "whole")
        assert {key: getattr(copy, key) for key in OWN} == {key: getattr(first, key) for key in OWN}

        async def contents(client: TrailerClient) -> dict[str, Any]:
            found = {}
            for file in await client.files():
                pieces = [piece async for piece in client.file_content(file.id)] if file.kind == "upload" else file.url
                found[file.name] = (file.description, b"".join(pieces) if isinstance(pieces, list) else pieces)
            return found

        assert at(second, contents) == {
            "bundle.tar.gz": ("The\ntools", BUNDLE),
            "no": ("", "https://example.test/no"),
        }
        given(exported.out)
        assert trailer("apply", "-f", "-").out == "whole: unchanged\n"
        assert trailer("export", "whole").out == exported.out


def test_an_editor_accepts_what_is_exported(server: LiveServer, trailer: Trailer) -> None:
    make(server, whole())
    schema = trailer("schema")
    assert schema.code == 0
    assert complaints(schema.json, yaml.safe_load(trailer("export", "whole").out)) == []
    assert schema.json["properties"]["host"]["description"]


def test_several_images_are_one_file(
    server: LiveServer, trailer: Trailer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(server, whole("a"))
    make(server, whole("b"))
    file = tmp_path / "images.yaml"
    assert trailer("export", "b", "a", "--output", str(file)).out == ""
    with second_server(monkeypatch, tmp_path):
        applied = trailer("apply", "-f", str(file), "--no-build", "--json").json
    assert [(entry["name"], entry["outcome"], entry["uploaded"], entry["build"]) for entry in applied] == [
        ("b", "created", ["bundle.tar.gz", "no"], None),
        ("a", "created", [], None),
    ]


def test_only_what_differs_is_told_and_saved(server: LiveServer, trailer: Trailer, tmp_path: Path) -> None:
    made = make(server, whole())
    file = tmp_path / "whole.yaml"
    text = trailer("export", "whole").out.replace("debian:12", "debian:13").replace("of Ada", "of Bob")
    file.write_text(text)
    told = "whole: would be changed: description, configuration.base_image\n"
    assert trailer("apply", "-f", str(file), "--dry-run").out == told
    assert record_of(server, "whole") == made
    assert trailer("apply", "-f", str(file)).out == told.replace("would be ", "")
    changed = record_of(server, "whole")
    assert (changed.description, changed.last_build_id) == ("of Bob:\n\n - one \n\ttwo", None)

    built = trailer("apply", "-f", str(file), "--build")
    assert built.out == "whole: unchanged; build 1 is queued\n"


def test_a_dry_run_makes_nothing(
    server: LiveServer, trailer: Trailer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(server, whole())
    file = tmp_path / "whole.yaml"
    trailer("export", "whole", "--output", str(file))
    with second_server(monkeypatch, tmp_path) as second:
        outcome = trailer("apply", "-f", str(file), "--dry-run")
        assert outcome.out.splitlines() == [
            "whole: file bundle.tar.gz would be uploaded",
            "whole: file no would be uploaded",
            "whole: would be created",
        ]
        assert trailer("ls", "--json").json == []
        assert at(second, lambda client: client.files()) == []


def test_a_template_goes_along_as_a_template(
    server: LiveServer, trailer: Trailer, given: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make(server, whole("start", is_template=True))
    assert trailer("export", "start").code == 1
    exported = trailer("export", "--template", "start").out
    with second_server(monkeypatch, tmp_path) as second:
        given(exported)
        assert trailer("apply", "-f", "-").out.splitlines()[-1] == "start: created as a template with id 1"
        assert record_of(second, "start", templates=True).is_template
        given(exported)
        assert trailer("apply", "-f", "-", "--build").out == "start: unchanged\n"


def test_a_template_that_comes_with_trailer_can_be_a_start(
    trailer: Trailer, given: Callable[[str], None], server: LiveServer
) -> None:
    exported = trailer("export", "--template", "Minimal workspace")
    assert exported.code == 0, exported.err
    assert "\nhost:" not in exported.out
    given(exported.out.replace("template: true", "template: false").replace("Minimal workspace", "Mine"))
    assert trailer("apply", "-f", "-", "--no-build").out == "Mine: created with id 1\n"
    assert record_of(server, "Mine").host_name == "local"


@pytest.mark.parametrize("host", ["", "host: local\n", "host: elsewhere\n"])
def test_the_host_may_be_named_by_the_command(
    server: LiveServer, trailer: Trailer, given: Callable[[str], None], host: str
) -> None:
    async def add(client: TrailerClient) -> None:
        await client.create_host(HostDraft(name="second", address="unix:///second.sock"))

    at(server, add)
    document = f"trailer: 1\nname: tools\n{host}configuration: {{mode: pull, image: debian}}\n"
    given(document)
    first = trailer("apply", "-f", "-", "--no-build")
    if "elsewhere" in host:
        assert first.code == 1
        assert "standard input line 3: host 'elsewhere': is no build host of this server" in first.err
        assert "there are local, second; --host NAME takes one of them" in first.err
    given(document)
    assert trailer("apply", "-f", "-", "--no-build", "--host", "second").code == 0
    assert record_of(server, "tools").host_name == "second"
    given(document)
    assert trailer("apply", "-f", "-", "--host", "third").code == 1


def test_an_image_keeps_its_host_when_its_document_names_none(
    server: LiveServer, trailer: Trailer, given: Callable[[str], None]
) -> None:
    async def add(client: TrailerClient) -> None:
        host = await client.create_host(HostDraft(name="second", address="unix:///second.sock"))
        configuration = WriteConfiguration(image_name="x:1", dockerfile="FROM x\n")
        draft = ImageDraft(name="tools", host_id=host.id, configuration=configuration)
        await client.create_image(draft, build=False)

    at(server, add)
    given("trailer: 1\nname: tools\nconfiguration: {mode: pull, image: debian}\n")
    assert trailer("apply", "-f", "-").out == "tools: changed: configuration.mode\n"
    assert record_of(server, "tools").host_name == "second"


def test_a_file_of_that_name_with_another_content_is_never_taken_for_it(
    server: LiveServer, trailer: Trailer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(server, whole())
    file = tmp_path / "whole.yaml"
    trailer("export", "whole", "--output", str(file))
    with second_server(monkeypatch, tmp_path) as second:
        at(second, lambda client: client.upload_file("bundle.tar.gz", b"something else"))
        refused = trailer("apply", "-f", str(file))
        assert refused.code == 1
        assert "uploads.0.name 'bundle.tar.gz': is the name of another file of yours" in refused.err
        assert "line" in refused.err
        assert trailer("ls", "--json").json == []
        assert [file.name for file in at(second, lambda client: client.files())] == ["bundle.tar.gz"]


def test_files_that_are_nowhere_are_named_and_those_sent_go_again_when_the_image_is_refused(
    server: LiveServer, trailer: Trailer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(server, whole())
    bare = trailer("export", "whole", "--no-uploads").out
    assert "uploads" not in bare
    file = tmp_path / "whole.yaml"
    file.write_text(bare)
    with second_server(monkeypatch, tmp_path) as second:
        refused = trailer("apply", "-f", str(file), "--dry-run")
        assert "configuration.files.0.file 'bundle.tar.gz': is neither in your archive" in refused.err
        assert "configuration.files.1.file 'no'" in refused.err
        assert "trailer files add" in refused.err

        async def refuse(*_: object, **__: object) -> None:
            raise EditConflict("x")

        monkeypatch.setattr(TrailerClient, "create_image", refuse)
        full = tmp_path / "full.yaml"
        monkeypatch.setenv("TRAILER_SOCKET", str(server.options.socket))
        trailer("export", "whole", "--output", str(full))
        monkeypatch.setenv("TRAILER_SOCKET", str(second.options.socket))
        assert trailer("apply", "-f", str(full)).code == 1
        assert at(second, lambda client: client.files()) == []


def test_somebody_who_saves_at_the_same_time_does_not_stop_it(
    server: LiveServer, trailer: Trailer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(server, whole())
    file = tmp_path / "whole.yaml"
    file.write_text(trailer("export", "whole").out.replace("debian:12", "debian:13"))
    update, calls = TrailerClient.update_image, []

    async def interrupted(client: TrailerClient, *arguments: Any, **options: Any) -> ImageRecord:
        calls.append(options["revision"])
        if len(calls) == 1:
            await update(client, made.id, made.draft().model_copy(update={"enabled": False}), revision=made.revision)
        return await update(client, *arguments, **options)

    monkeypatch.setattr(TrailerClient, "update_image", interrupted)
    assert trailer("apply", "-f", str(file)).out == "whole: changed: enabled, configuration.base_image\n"
    assert calls == [made.revision, made.revision + 1]
    found = record_of(server, "whole")
    assert found.enabled
    assert found.configuration.mode == "generate"
    assert found.configuration.base_image == "debian:13"


def test_documents_go_on_after_one_that_is_refused(
    server: LiveServer, trailer: Trailer, given: Callable[[str], None]
) -> None:
    pull = "configuration: {mode: pull, image: debian}\n"
    given(f"trailer: 1\nname: a\nhost: nowhere\n{pull}---\ntrailer: 1\nname: b\n{pull}")
    outcome = trailer("apply", "-f", "-", "--no-build", "--json")
    assert outcome.code == 1
    assert [(entry["name"], entry["outcome"]) for entry in outcome.json] == [("a", "failed"), ("b", "created")]
    assert "nowhere" in outcome.json[0]["error"]


def test_nothing_is_done_when_a_document_cannot_be_read(
    trailer: Trailer, given: Callable[[str], None], tmp_path: Path
) -> None:
    given("trailer: 1\nname: a\nconfiguration: {mode: pull, image: debian}\n---\ntrailer: 1\nnam: b\n")
    outcome = trailer("apply", "-f", "-")
    assert outcome.code == 1
    assert "standard input line 6: nam: is no key that is known here: did you mean name?" in outcome.err
    assert trailer("ls", "--json").json == []
    assert trailer("apply", "-f", str(tmp_path / "nothing")).code == 1
    assert trailer("apply").code == 2


def test_a_build_that_is_under_way_is_no_reason_to_save_half(
    server: LiveServer, trailer: Trailer, given: Callable[[str], None]
) -> None:
    server.engine.script = [FakeStep("RUN wait", gate=threading.Event())]
    document = "trailer: 1\nname: tools\nconfiguration: {mode: write, image_name: x, dockerfile: 'FROM ubuntu:24.04'}\n"
    given(document)
    assert trailer("apply", "-f", "-").out.endswith("build 1 is queued\n")
    given(document.replace("24.04", "22.04"))
    refused = trailer("apply", "-f", "-", "--build")
    assert refused.code == 1
    assert "tools" in refused.err
    assert trailer("dockerfile", "tools").out == "FROM ubuntu:24.04\n"


def test_a_password_stays_where_it_is(
    server: LiveServer, trailer: Trailer, given: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at(server, lambda client: client.create_image(windows(windows_password="hunter2"), build=False))
    exported = trailer("export", "desk")
    assert exported.err == "desk: its Windows password is not exported\n"
    assert "hunter2" not in exported.out
    given(exported.out.replace('edition: "11"', 'edition: "10"'))
    assert trailer("apply", "-f", "-") == Outcome(0, "desk: changed: configuration.services\n", "")
    assert record_of(server, "desk").windows_password_set
    with second_server(monkeypatch, tmp_path):
        given(exported.out)
        applied = trailer("apply", "-f", "-", "--no-build")
        assert applied.code == 0
        assert "desk: its Windows password is not set yet: trailer password desk" in applied.err


def test_build_secrets_are_named_when_they_are_missing(
    server: LiveServer, trailer: Trailer, given: Callable[[str], None]
) -> None:
    text = "trailer: 1\nname: x\nconfiguration: {mode: write, image_name: x, secrets: [token, other]}\n"
    at(server, lambda client: client.set_secret("other", b"x"))
    given(text)
    assert trailer("apply", "-f", "-", "--no-build").err == (
        "x: you have no build secret token yet: trailer secrets set token\n"
    )
    assert "token, other" in trailer("export", "x").err


def test_names_are_completed(server: LiveServer, trailer: Trailer) -> None:
    make(server, whole())
    assert trailer("_complete", "export", "wh").out == "whole\n"
    assert trailer("_complete", "apply", "--host", "").out == "local\n"
