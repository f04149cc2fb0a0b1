"""Documents: what is written is read back the same, and what is wrong with one is told with its line."""

from __future__ import annotations

import json
import textwrap

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.model.documents import any_text, clean_text, documents
from tests.support.json_schema import complaints
from trailer_tui.model.document import DocumentFile, ImageDocument
from trailer_tui.model.document_reading import MAX_TEXT_BYTES, read_documents
from trailer_tui.model.document_schema import document_schema
from trailer_tui.model.document_text import document_text
from trailer_tui.model.errors import FieldProblem, InvalidInput
from trailer_tui.model.image import WriteConfiguration
from trailer_tui.model.image_file import ArchiveFile

SCHEMA = document_schema()

patient = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def read(text: str | bytes) -> list[ImageDocument]:
    data = text.encode() if isinstance(text, str) else text
    return [found.document for found in read_documents(data, "image.yaml")]


def refused(text: str | bytes) -> InvalidInput:
    with pytest.raises(InvalidInput) as raised:
        read(textwrap.dedent(text) if isinstance(text, str) else text)
    return raised.value


def written(dockerfile: str, description: str = "") -> ImageDocument:
    configuration = WriteConfiguration(image_name="x:1", dockerfile=dockerfile)
    return ImageDocument(trailer=1, name="x", description=description, configuration=configuration)


@given(st.lists(documents(), min_size=1, max_size=3))
@patient
def test_what_is_written_is_read_back_the_same(made: list[ImageDocument]) -> None:
    text = document_text(made)
    assert read(text) == made
    assert text == document_text(read(text))


@given(any_text.filter(lambda text: "\0" not in text), clean_text)
@example("FROM x\r\nRUN y\r\n", "a\r".replace("\r", " "))
@example("  FROM x \t\n\n\n", "\n\n")
@example("\tx\n y\n", " a\n b")
@example("\n", "\t\n")
def test_every_yaml_reader_finds_the_same_text(dockerfile: str, description: str) -> None:
    text = document_text([written(dockerfile, description)])
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        found = yaml.load(text, Loader=loader)
        assert found["configuration"].get("dockerfile", "") == dockerfile
        assert found.get("description", "") == description
    assert read(text) == [written(dockerfile, description)]


@given(documents())
@patient
def test_an_editor_finds_nothing_wrong_with_what_was_written(made: ImageDocument) -> None:
    assert complaints(SCHEMA, yaml.safe_load(document_text([made]))) == []


@given(documents())
@example(written("first\x85second\u2028third", "")).via("ends of lines for YAML alone")
@patient
def test_json_is_read_too(made: ImageDocument) -> None:
    assert read(json.dumps(made.model_dump(mode="json"))) == [made]
    assert read(json.dumps(made.model_dump(mode="json"), indent=1, ensure_ascii=False)) == [made]


@given(st.binary(max_size=200) | any_text.map(lambda text: text.encode(errors="replace")))
@example(b"{" * 5000)
@example(b"a: " + b"[" * 100_000)
@example(b"- " * 50_000 + b"a")
def test_nothing_that_is_no_document_does_more_than_be_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput) as raised:
        read(data)
    assert raised.value.cause.startswith("image.yaml")


def test_text_of_many_lines_stays_as_it_is_typed() -> None:
    dockerfile = "FROM debian:12\n\n# a comment \nRUN a && \\\n\tb\n"
    text = document_text([written(dockerfile, "Line one: with a colon\nline two")])
    assert "  dockerfile: |\n    FROM debian:12\n\n    # a comment \n    RUN a && \\\n    \tb\n" in text
    assert "description: |-\n  Line one: with a colon\n  line two\n" in text
    assert text.startswith("# ")
    assert "assword" in text.split("trailer: 1")[0]


def test_contents_are_folded_and_may_be_broken_anywhere() -> None:
    configuration = WriteConfiguration(image_name="x:1", files=[ArchiveFile(file="a", destination="/a")])
    upload = DocumentFile(name="a", content=bytes(range(256)) * 4)
    made = ImageDocument(trailer=1, name="x", configuration=configuration, uploads=[upload])
    text = document_text([made])
    assert max(map(len, text.splitlines())) < 110
    assert read(text) == [made]
    assert read(text.replace(">-", "|")) == [made]


def test_a_document_of_a_hand_reads_as_one_means_it() -> None:
    [found] = read(
        textwrap.dedent(
            """\
            trailer: 1
            name: 2024
            description:
            enabled: no
            configuration:
              mode: generate
              image_name: x:1
              services: &all {applications: [nginx]}
              user: {uid: 2001, name: on}
              startup: [nginx, {command: yes}]
            """
        )
    )
    assert (found.name, found.enabled, found.description) == ("2024", False, "")
    assert found.configuration.mode == "generate"
    assert (found.configuration.user.uid, found.configuration.user.name) == (2001, "on")
    assert [command.command for command in found.configuration.startup] == ["nginx", "yes"]


def test_an_alias_repeats_what_its_anchor_holds() -> None:
    text = """\
        trailer: 1
        name: x
        configuration:
          mode: generate
          image_name: x:1
          environments:
            - {name: a, conda: &same [numpy]}
            - {name: b, conda: *same}
        """
    [found] = read(textwrap.dedent(text))
    assert found.configuration.mode == "generate"
    assert [str(package) for one in found.configuration.environments for package in one.conda] == ["numpy", "numpy"]


_HEAD = "trailer: 1\nname: x\nconfiguration:\n  mode: generate\n  image_name: x:1\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("trailer: 1\nname: x\nname: y\n", "line 3: name is there twice, in line 2 too"),
        (
            _HEAD + "  base_imge: y\n",
            "line 6: configuration.base_imge: is no key that is known here: did you mean base",
        ),
        (_HEAD + "  colour: y\n", "there are image_name, pull_base"),
        (
            _HEAD + "  files:\n    - source: url\n      uri: x\n      destination: /x\n",
            "line 8: configuration.files.0.uri",
        ),
        (_HEAD + "  files:\n    - source: url\n      uri: x\n", "did you mean url?"),
        (_HEAD + "  user:\n    uid: 70000\n", "line 7: configuration.user.uid '70000': is too large"),
        (_HEAD + "  startup:\n    - command: x\n      environment: y\n", "line 8: configuration.startup.0.environment"),
        (_HEAD.replace("generate", "generated"), "line 4: configuration: has the mode generated".replace("4", "3")),
        (_HEAD + "uploads:\n  - name: a\n    content: AA==\n", "line 7: uploads.0.name: a is no file of the configur"),
        (
            _HEAD + "  files: [{source: archive, file: a, destination: /a}]\nuploads:\n  - name: a\n",
            "has a URL and a co",
        ),
        ("name: x\n", "configuration: is missing"),
        ("trailer: 2\nname: x\n", "line 1: trailer '2': is another version"),
        ("- trailer: 1\n", "line 1: is no document"),
        ("", "holds no document"),
        ("---\n---\n", "holds no document"),
        ("trailer: 1\nname: [x\n", "is no YAML"),
        ("trailer: !!python/object/apply:os.system [x]\n", "line 1: has the tag"),
        ("? [a]\n: b\n", "line 1: has a key that is no text"),
        ("a: &a [*a]\n", "line 1: *a names nothing"),
        ('{"trailer": 1, "trailer": 1}', "trailer is there twice"),
        (b"name: \xff\n", "is no UTF-8 text (byte 6)"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str | bytes, told: str) -> None:
    assert told in refused(text).cause


def test_all_that_is_wrong_with_a_document_is_told_at_once() -> None:
    error = refused("trailer: 1\nname: ''\nconfiguration:\n  mode: pull\n  image: a b\n")
    assert [field.field for field in error.fields] == ["name", "configuration.image"]
    assert error.cause.splitlines()[1].startswith("image.yaml line 5: configuration.image 'a b': contains a space")


def test_a_later_document_is_read_before_the_first_counts() -> None:
    assert "line 8" in refused(_HEAD + "---\ntrailer: 1\nnam: x\n").cause


def test_a_password_is_no_part_of_a_document_and_not_repeated() -> None:
    error = refused(_HEAD + "windows_password: hunter2\n")
    assert "trailer password" in error.cause
    assert "hunter2" not in error.cause


def test_aliases_cannot_blow_a_document_up() -> None:
    levels = [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 12)]
    assert "more than" in refused("a0: &a0 [x]\n" + "\n".join(levels)).cause


def test_too_large_a_file_is_not_read() -> None:
    assert "at most" in refused(b"#" * (MAX_TEXT_BYTES + 1)).cause


def test_an_upload_is_refused_when_it_is_no_base64_or_too_large() -> None:
    files = "  files: [{source: archive, file: a, destination: /a}]\nuploads:\n  - name: a\n    content: "
    assert "line 9: uploads.0.content" in refused(f"{_HEAD}{files}'%%%'\n").cause
    assert "at most 5,000,000" in refused(f"{_HEAD}{files}{'A' * 6_666_672}\n").cause


def test_what_the_server_finds_is_told_with_its_line() -> None:
    [found] = read_documents(f"{_HEAD}  secrets:\n    - token\n".encode(), "image.yaml")
    problem = FieldProblem("configuration.secrets.0", "token", "is no secret of ada's")
    assert found.placed(InvalidInput("x", fields=(problem,))).cause.startswith("image.yaml line 7: configuration.sec")
    assert found.placed(InvalidInput("the disk is full")).cause == "the disk is full"


def test_the_schema_describes_every_field() -> None:
    undescribed = [
        f"{name}.{key}"
        for name, found in [("document", SCHEMA), *SCHEMA["$defs"].items()]
        for key, field in found.get("properties", {}).items()
        if not field.get("description")
    ]
    assert undescribed == []


@pytest.mark.parametrize(
    "text",
    [
        _HEAD + "  base_imge: y\n",
        _HEAD.replace("  mode: generate\n", ""),
        _HEAD + "  user: {uid: 70000}\n",
        _HEAD + "  services: {desktop: {operating_system: windows, edition: '95'}}\n",
        "trailer: 2\nname: x\nconfiguration: {mode: pull, image: x}\n",
    ],
)
def test_an_editor_sees_what_would_be_refused(text: str) -> None:
    assert complaints(SCHEMA, yaml.safe_load(text))
    refused(text)


def test_an_editor_lets_a_command_alone_stand() -> None:
    assert complaints(SCHEMA, yaml.safe_load(_HEAD + "  startup: [nginx]\n")) == []
