"""Names, places and addresses of files: what is taken, what is refused, and how it is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from trailer_tui.model.errors import FieldProblem
from trailer_tui.model.image import GenerateConfiguration
from trailer_tui.model.image_file import UrlFile, archive_url, file_name, git_address, is_git_address, web_url
from trailer_tui.model.stored_file import FileName, FileUrl, name_for_url
from trailer_tui.model.validation import invalid_input

SECRET = "pw-7f3a"


@pytest.mark.parametrize(
    "value",
    [
        "https://host.lan/a.tar.gz",
        "http://host.lan:8080/a?raw=true&tokenizer=x#part",
        "https://[::1]/a",
        "https://host.lan/@scope/package/-/package-1.0.tgz",
        "https://host.lan/a?key=value&name=@x",
    ],
)
def test_addresses_of_files(value: str) -> None:
    assert web_url(f" {value} ") == value == archive_url(value)
    assert not is_git_address(value)


@pytest.mark.parametrize(
    "value",
    [
        "https://host.lan/team/r.git",
        "https://host.lan/team/r.git#v1:docs",
        "git@host.lan:team/r.git#main",
        "ssh://git@host.lan:22/team/r.git",
        "git://host.lan/r",
    ],
)
def test_addresses_of_repositories(value: str) -> None:
    assert git_address(value) == value == archive_url(value)
    assert is_git_address(value)


def test_a_scheme_is_kept_as_builders_write_it() -> None:
    # In capitals they take the whole address for the name of a file.
    assert web_url("HTTPS://Host.lan/A") == archive_url("Https://Host.lan/A") == "https://Host.lan/A"
    assert git_address("HTTPS://host.lan/R.git") == archive_url("HTTPS://host.lan/R.git") == "https://host.lan/R.git"
    assert git_address("SSH://git@host.lan/R.git") == "ssh://git@host.lan/R.git"


@pytest.mark.parametrize(
    "value",
    [
        f"https://ada:{SECRET}@host.lan/x",
        f"https://{SECRET}@host.lan/x",
        f"https://:{SECRET}@host.lan/x",
        f"https://ada%3A{SECRET}@host.lan/x",
        f"https://a@b:{SECRET}@host.lan/x",
        f"https://ada:{SECRET}\\@host.lan/x",
        f"https://host.lan/x?access_token={SECRET}",
        f"https://host.lan/x?a=b&X-Amz-Signature={SECRET}",
        f"https://host.lan/x?sv=1&sig={SECRET}",
        f"https://host.lan/x?api-key={SECRET}",
        f"https://ada:{SECRET}@host.lan/r.git",
        f"ssh://git:{SECRET}@host.lan/r.git",
        f"ssh://git%3A{SECRET}@host.lan/r.git",
        f"git://ada:{SECRET}@host.lan/r.git",
        f"git@ada:{SECRET}@host.lan:r.git",
    ],
)
def test_a_login_is_refused_whoever_takes_the_address(value: str) -> None:
    for take in (web_url, git_address, archive_url):
        with pytest.raises(ValueError, match=": ") as raised:
            take(value)
        assert SECRET not in str(raised.value)
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(FileUrl).validate_python(value)
    assert SECRET not in invalid_input(refused.value.errors()).cause


@pytest.mark.parametrize("value", ["https://host.lan/r.git", "https://host.lan/r%2Egit", "https://host.lan/a?b.git"])
def test_what_some_builders_would_clone_is_no_file(value: str) -> None:
    with pytest.raises(ValueError, match="choose Git as its source"):
        web_url(value)


@pytest.mark.parametrize(
    "value", ["", "x", "ftp://host.lan/x", "https://", "http:host.lan/x", "https://host.lan/a b", "file:///etc/passwd"]
)
def test_what_is_no_address(value: str) -> None:
    for take in (web_url, git_address, archive_url):
        with pytest.raises(ValueError, match=": "):
            take(value)


@given(st.text(max_size=140))
def test_a_name_is_one_part_of_a_path_that_every_file_system_takes(value: str) -> None:
    try:
        name = file_name(value)
    except ValueError:
        return
    assert 0 < len(name.encode()) <= 255
    assert name not in (".", "..")
    assert not set(name) & set("/\\\0\n")
    assert file_name(name) == name


@given(st.text(max_size=60))
def test_a_name_proposed_for_an_address_can_be_one(value: str) -> None:
    name = name_for_url(value)
    assert name == "" or TypeAdapter(FileName).validate_python(name) == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://host.lan/a/tool-1.2.tar.gz?raw=1#x", "tool-1.2.tar.gz"),
        ("https://host.lan/a%20b", "a b"),
        ("https://host.lan/a/", "a"),
        ("https://host.lan", ""),
        ("git@host.lan:team/tool.git#main", "tool"),
        ("git@host.lan:tool.git", "tool"),
        ("settings.json", "settings.json"),
    ],
)
def test_the_name_that_is_proposed(url: str, name: str) -> None:
    assert name_for_url(url) == name


def problems(**entry: str) -> tuple[FieldProblem, ...]:
    with pytest.raises(ValidationError) as raised:
        GenerateConfiguration.model_validate({"image_name": "x:1", "files": [entry]})
    return invalid_input(raised.value.errors()).fields


@pytest.mark.parametrize(
    ("destination", "told"),
    [
        ("", "is empty"),
        ("opt/x", "is no absolute path"),
        ("/opt/../etc", "has .. in it"),
        ("/opt/a\nb", "control character U+000A"),
        (f"/opt/{'ü' * 130}", "a part of more than 255 bytes"),
        (f"/opt{'/x' * 500}", "has 1004 characters"),
        ("C:\\tools", "is no path in a Linux image"),
    ],
)
def test_what_is_no_destination_is_told_at_its_field(destination: str, told: str) -> None:
    [problem] = problems(source="archive", file="a", destination=destination)
    assert problem.field == "files.0.destination"
    assert told in problem.problem
    assert problem.remedy


def test_the_source_of_an_entry_is_no_part_of_a_fields_path() -> None:
    assert [problem.field for problem in problems(source="url", url="x", destination="x")] == [
        "files.0.url",
        "files.0.destination",
    ]
    assert [problem.field for problem in problems(source="git", url="x", destination="/x")] == ["files.0.url"]


def test_a_destination_begins_with_one_slash() -> None:
    assert UrlFile(url="https://host.lan/x", destination=" //config//x/ ").destination == "/config//x/"
    assert UrlFile(url="https://host.lan/x", destination="//").destination == "/"
