"""What an image's files become in a Dockerfile, on Linux, on desktops and in Windows."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.dockerfile.inputs import BuildInputs, StoredFile
from trailer_tui.dockerfile.windows_files import install_script, windows_place
from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.image import GenerateConfiguration

STORED = {
    file.name: file
    for file in (
        StoredFile("tool.tgz", size=9, sha256="aa", is_tar=True, open=lambda: io.BytesIO(b"tar")),
        StoredFile("notes", size=3, sha256="bb", open=lambda: io.BytesIO(b"abc")),
        StoredFile("run", size=3, sha256="cc", is_executable=True, open=lambda: io.BytesIO(b"#!x")),
        StoredFile("n*[m]?", size=3, sha256="dd", open=lambda: io.BytesIO(b"abc")),
        StoredFile("page", url="https://host.lan/page.html"),
        StoredFile("repository", url="git@host.lan:team/repository.git"),
    )
}
DESKTOP = {"desktop": {"operating_system": "debian", "environment": "xfce"}}
WINDOWS = {"desktop": {"operating_system": "windows"}}


def file(name: str, destination: str) -> dict[str, str]:
    return {"source": "archive", "file": name, "destination": destination}


def url(address: str, destination: str) -> dict[str, str]:
    return {"source": "url", "url": address, "destination": destination}


def git(address: str, destination: str) -> dict[str, str]:
    return {"source": "git", "url": address, "destination": destination}


def context(*files: dict[str, str], **settings: Any) -> BuildContext:
    values = {"image_name": "tools:1", "base_image": "debian:12", "files": files} | settings
    made = build_context(GenerateConfiguration.model_validate(values), BuildInputs(files=STORED))
    assert made is not None
    return made


def additions(made: BuildContext) -> list[str]:
    """The instructions of the section."""
    section = made.dockerfile.partition("# Files\n")[2]
    return [line for line in section.splitlines() if line.startswith(("ADD", "COPY"))]


def text(made: BuildContext, path: str) -> str:
    with next(entry for entry in made.entries if entry.path == path).open() as opened:
        return opened.read().decode()


def test_an_image_without_files_has_no_section() -> None:
    assert "# Files" not in context().dockerfile
    assert context().entries == ()


def test_entries_are_added_in_order_each_in_its_way() -> None:
    made = context(
        file("tool.tgz", "/opt/tool"),
        file("notes", "/opt/"),
        file("notes", "/opt/other"),
        url("https://host.lan/a.tar.gz", "/opt/a/"),
        git("https://host.lan/r.git#main:docs", "/opt/git"),
        file("page", "/var/www/"),
        file("repository", "/opt/repository/"),
    )
    assert additions(made) == [
        'ADD [".trailer/files/1/tool.tgz", "/opt/tool/"]',
        'COPY [".trailer/files/2/notes", "/opt/"]',
        'COPY [".trailer/files/3/notes", "/opt/other"]',
        'ADD ["https://host.lan/a.tar.gz", "/opt/a/"]',
        'ADD ["https://host.lan/r.git#main:docs", "/opt/git/"]',
        'ADD ["https://host.lan/page.html", "/var/www/"]',
        'ADD ["git@host.lan:team/repository.git", "/opt/repository/"]',
    ]
    assert [(entry.path, entry.size, entry.digest) for entry in made.entries] == [
        (".trailer/files/1/tool.tgz", 9, "sha256:aa"),
        (".trailer/files/2/notes", 3, "sha256:bb"),
        (".trailer/files/3/notes", 3, "sha256:bb"),
    ]


def test_programs_can_be_run_and_other_files_cannot() -> None:
    made = context(file("run", "/usr/bin/"), file("notes", "/opt/"))
    assert [entry.mode for entry in made.entries] == [0o755, 0o644]


def test_what_builders_would_expand_is_taken_as_it_is() -> None:
    made = context(file("n*[m]?", "/opt/$HOME/it's/"), url("https://host.lan/?a=$b", "/opt/b"))
    assert additions(made) == [
        """COPY [".trailer/files/1/n[*][[]m][?]", "'/opt/$HOME/it'\\"'\\"'s/'"]""",
        """ADD ["'https://host.lan/?a=$b'", "/opt/b"]""",
    ]


@pytest.mark.parametrize(
    ("user", "owner"),
    [
        ({"uid": 2001, "gid": 2002, "name": "ada", "group": "team"}, "2001:2002"),
        ({"uid": 2001, "name": "ada"}, "2001"),
        ({"name": "ada", "group": "team"}, "ada:team"),
    ],
)
def test_what_is_in_the_users_home_and_what_is_downloaded_is_the_users(user: dict[str, Any], owner: str) -> None:
    made = context(
        file("notes", "/home/ada/x"),
        file("notes", "/home/adam/x"),
        file("notes", "/home/ada/../bob/x".replace("..", "a")),
        file("tool.tgz", "/home/ada/tool"),
        url("https://host.lan/x", "/opt/x"),
        user=user,
    )
    given = re.findall(r"^(?:ADD|COPY)(?: --chown=(\S+))? ", made.dockerfile.partition("# Files\n")[2], re.MULTILINE)
    assert given == [owner, "", owner, "", owner]
    assert made.notes == ()


def test_a_download_that_only_root_can_read_is_noted() -> None:
    [note] = context(url("https://host.lan/x", "/opt/x")).notes
    assert "nobody else can read it" in note
    assert context(file("notes", "/opt/x"), git("https://host.lan/r.git", "/opt/r")).notes == ()


def test_a_file_that_is_not_there_is_named_with_its_entry() -> None:
    with pytest.raises(InvalidInput, match="upload it, or choose another") as raised:
        context(file("notes", "/opt/"), file("missing", "/opt/"))
    [problem] = raised.value.fields
    assert (problem.field, problem.value) == ("configuration.files.1.file", "missing")


@pytest.mark.parametrize("address", ["https://host.lan", "https://host.lan/", "https://host.lan/a/?b=c"])
def test_a_download_into_a_folder_needs_a_name(address: str) -> None:
    with pytest.raises(InvalidInput, match="the address names no file") as raised:
        context(url(address, "/opt/"))
    assert raised.value.fields[0].field == "configuration.files.0.destination"
    assert additions(context(url(address, "/opt/name"))) == [f'ADD ["{address}", "/opt/name"]']


def test_on_a_desktop_what_belongs_below_config_waits_for_the_first_start() -> None:
    made = context(
        file("tool.tgz", "/config/tool"),
        file("notes", "/config/a/renamed"),
        file("notes", "/config/"),
        file("notes", "/configuration/x"),
        file("page", "/config/./Desktop/"),
        services=DESKTOP,
    )
    assert additions(made) == [
        'ADD [".trailer/files/1/tool.tgz", "/defaults/trailer-files/1/"]',
        'COPY [".trailer/files/2/notes", "/defaults/trailer-files/2/renamed"]',
        'COPY [".trailer/files/3/notes", "/defaults/trailer-files/3/"]',
        'COPY [".trailer/files/4/notes", "/configuration/x"]',
        'ADD ["https://host.lan/page.html", "/defaults/trailer-files/5/"]',
        'COPY [".trailer/files/list", "/defaults/trailer-files/list"]',
        'COPY [".trailer/files/place-files", "/custom-cont-init.d/50-trailer-files"]',
    ]
    assert text(made, ".trailer/files/list") == "1 /config/tool\n2 /config/a\n3 /config\n5 /config/Desktop\n"
    assert next(entry.mode for entry in made.entries if entry.path.endswith("place-files")) == 0o755
    assert "place-files" not in context(file("notes", "/opt/"), services=DESKTOP).dockerfile


def test_windows_gets_its_files_at_the_end_of_the_installation() -> None:
    made = context(
        file("tool.tgz", "C:\\tools"),
        file("notes", "C:/Program Files/100%/renamed.txt"),
        file("notes", "c:\\"),
        url("https://host.lan/setup.exe", "C:\\setup\\"),
        services=WINDOWS,
        base_image="dockurr/windows:5",
    )
    assert additions(made) == [
        'ADD [".trailer/files/1/tool.tgz", "/oem/files/1/"]',
        'COPY [".trailer/files/2/notes", "/oem/files/2/renamed.txt"]',
        'COPY [".trailer/files/3/notes", "/oem/files/3/"]',
        'ADD ["https://host.lan/setup.exe", "/oem/files/4/"]',
        'COPY [".trailer/files/install.bat", "/oem/install.bat"]',
    ]
    assert text(made, ".trailer/files/install.bat").split("\r\n") == [
        "@echo off",
        "rem Written by Trailer: puts the files of this image in place.",
        'if not exist "C:\\tools" mkdir "C:\\tools"',
        'xcopy "C:\\OEM\\files\\1" "C:\\tools" /E /I /H /K /Q /Y',
        'if not exist "C:\\Program Files\\100%%" mkdir "C:\\Program Files\\100%%"',
        'xcopy "C:\\OEM\\files\\2" "C:\\Program Files\\100%%" /E /I /H /K /Q /Y',
        'if not exist "C:\\." mkdir "C:\\."',
        'xcopy "C:\\OEM\\files\\3" "C:\\." /E /I /H /K /Q /Y',
        'if not exist "C:\\setup" mkdir "C:\\setup"',
        'xcopy "C:\\OEM\\files\\4" "C:\\setup" /E /I /H /K /Q /Y',
        "exit /b 0",
        "",
    ]


@pytest.mark.parametrize(
    ("name", "destination", "field", "told"),
    [
        ("notes", "C:\\grüße\\", "destination", "beyond ASCII"),
        ("notes", 'C:\\a"b\\', "destination", "leave out"),
        ("notes", "C:\\a|b", "destination", "leave out"),
        ("notes", "C:\\con\\x", "destination", "keeps for itself"),
        ("notes", "C:\\a.\\x", "destination", "ends with a dot"),
        ("n*[m]?", "C:\\a\\", "file", "or name the file in the destination"),
    ],
)
def test_what_windows_cannot_have_is_refused(name: str, destination: str, field: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told) as raised:
        context(file(name, destination), services=WINDOWS, base_image="dockurr/windows:5")
    assert raised.value.fields[0].field == f"configuration.files.0.{field}"


def test_a_name_that_windows_refuses_can_be_replaced() -> None:
    made = context(file("n*[m]?", "C:\\a\\b.txt"), services=WINDOWS, base_image="dockurr/windows:5")
    assert additions(made)[0].endswith('"/oem/files/1/b.txt"]')


@given(st.text(st.sampled_from("ab/\\ %!^&()',;=`$"), max_size=40), st.booleans())
def test_no_destination_leaves_its_quotes_in_the_script(path: str, fills_folder: bool) -> None:
    try:
        place = windows_place(0, f"C:\\{path}", kept_name="notes", fills_folder=fills_folder)
    except InvalidInput:
        return
    script = install_script([(1, place.folder)])
    assert script.isascii()
    assert len(script.split("\r\n")) == 6
    for line in script.split("\r\n")[2:4]:
        quoted = re.findall('"([^"]*)"', line)
        assert len(quoted) == 2
        assert line.count('"') == 4
        assert quoted[1].replace("%%", "") == quoted[1].replace("%", "")
        assert not quoted[1].endswith("\\")
