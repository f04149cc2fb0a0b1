"""Documents for tests: every kind of image, with values that are hard to write down."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from trailer_tui.model.command_line import read_command_line
from trailer_tui.model.document import DocumentFile, ImageDocument
from trailer_tui.model.environment import CondaPackage, Environment, PypiPackage
from trailer_tui.model.image import (
    GenerateConfiguration,
    ImageConfiguration,
    PullConfiguration,
    WriteConfiguration,
)
from trailer_tui.model.image_file import ArchiveFile, GitRepository, ImageFile, UrlFile
from trailer_tui.model.services import LinuxDesktop, Services, WindowsDesktop
from trailer_tui.model.startup import StartupCommand
from trailer_tui.model.workspace_user import WorkspaceUser

_PIECES = [
    *("\n", "\n\n", " ", "  ", "\t", "- ", "# ", ": ", "'", '"', "\\", "|", ">", "&a", "*a", "!x", "%", "@", "`", "{}"),
    *("no", "null", "~", "1", "0x1", "1e3", "2001-01-01", "---", "...", "<<", "=", "é", "😀", "a", "RUN x", "{{", "}}"),
]
_CONTROLS = ["\r", "\r\n", "\x01", "\x1b[0m", "\x7f", "\x85", "\xa0", "\u2028", "\u202e", "\ufeff", "\ufffe"]
_words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=6)


def _hostile(pieces: list[str], *, size: int = 12) -> st.SearchStrategy[str]:
    return st.one_of(st.lists(st.sampled_from(pieces), max_size=size).map("".join), st.text(max_size=20))


any_text = _hostile([*_PIECES, *_CONTROLS])
"""What a Dockerfile may hold."""

clean_text = _hostile(_PIECES).filter(lambda text: all(char.isprintable() or char in "\n\t" for char in text))
"""What a description may hold."""

_one_line = clean_text.map(lambda text: " ".join(text.split()))
_names = _one_line.map(lambda text: f"{text[:100]}x")
_account = _words | st.just("")
_identifier = st.none() | st.integers(0, 65535)
_file_names = st.sampled_from(["no", "1", "~", "tool.tar.gz", "über uns", "- a", "'", "null", "y", "[a]", "0x10"])
_packages = st.sampled_from(["python==3.11", "numpy>=1.26,<3", "conda-forge::gdal", "on", "null=1.0"])


@st.composite
def configurations(draw: st.DrawFn) -> ImageConfiguration:
    """A configuration of any mode."""
    kind = draw(st.sampled_from(["generate", "write", "pull", "windows", "desktop"]))
    if kind == "pull":
        return PullConfiguration(image="registry.lan/x:1", push=draw(st.booleans()))
    common: dict[str, Any] = {
        "image_name": "registry.lan:5000/ada/tools:1.0",
        "pull_base": draw(st.booleans()),
        "squash": draw(st.none() | st.booleans()),
        "push": draw(st.booleans()),
        "secrets": draw(st.lists(st.sampled_from(["token", "no", "1"]), unique=True)),
    }
    common["files"] = draw(st.lists(files(r"C:\x y" if kind == "windows" else "/opt/x y"), max_size=3))
    if kind == "windows":
        desktop = WindowsDesktop(edition=draw(st.sampled_from(["11", "2022"])), username="Ada L")
        return GenerateConfiguration(**common, base_image="dockurr/windows", services=Services(desktop=desktop))
    common["user"] = WorkspaceUser(
        uid=draw(_identifier), name=draw(_account), gid=draw(_identifier), group=draw(_account)
    )
    commands = draw(st.lists(_one_line.filter(_is_command), max_size=3))
    if kind == "write":
        startup = [StartupCommand(command=command) for command in commands]
        return WriteConfiguration(**common, startup=startup, dockerfile=draw(any_text).replace("\0", ""))
    if kind == "desktop":
        desktop_of_linux = LinuxDesktop(operating_system="debian", environment="xfce", language="de_DE")
        common["services"] = Services(desktop=desktop_of_linux, desktop_applications=draw(_chosen))
    environments = [draw(_environment(name)) for name in draw(st.lists(_words, max_size=2, unique=True))]
    named = [None, *(environment.name for environment in environments)]
    startup = [StartupCommand(command=command, environment=draw(st.sampled_from(named))) for command in commands]
    return GenerateConfiguration(**common, startup=startup, environments=environments)


def _is_command(text: str) -> bool:
    """Whether it is not empty and every quote in it has its end."""
    try:
        read_command_line(text)
    except ValueError:
        return False
    return bool(text)


_chosen = st.lists(st.sampled_from(["firefox", "yes", "0"]), max_size=2)


@st.composite
def _environment(draw: st.DrawFn, name: str) -> Environment:
    return Environment(
        name=f"e-{name}",
        channels=draw(st.lists(st.sampled_from(["conda-forge", "http://conda.lan/x"]), max_size=2)),
        conda=[CondaPackage.parse(text) for text in draw(st.lists(_packages, max_size=2))],
        pypi=[PypiPackage.parse(text) for text in draw(st.lists(st.sampled_from(["a[b]~=1.0", "torch"]), max_size=2))],
    )


def files(destination: str) -> st.SearchStrategy[ImageFile]:
    """One entry of an image's files."""
    return st.one_of(
        _file_names.map(lambda name: ArchiveFile(file=name, destination=destination)),
        st.just(UrlFile(url="https://example.test/a?b=c#d", destination=destination)),
        st.just(GitRepository(url="https://example.test/a.git#main", destination=destination)),
    )


@st.composite
def documents(draw: st.DrawFn) -> ImageDocument:
    """A document with any configuration and any uploads for it."""
    configuration = draw(configurations())
    names = (
        []
        if configuration.mode == "pull"
        else sorted({file.file for file in configuration.files if file.source == "archive"})
    )
    uploads = [
        DocumentFile(name=name, description=draw(clean_text), content=draw(st.binary(max_size=200)))
        if draw(st.booleans())
        else DocumentFile(name=name, url="https://example.test/file")
        for name in draw(st.lists(st.sampled_from(names), unique=True) if names else st.just([]))
    ]
    return ImageDocument(
        trailer=1,
        name=draw(_names),
        description=draw(clean_text),
        host=draw(st.sampled_from(["", "local", "build-01", "no", "1"])),
        enabled=draw(st.booleans()),
        template=draw(st.booleans()),
        configuration=configuration,
        uploads=uploads,
    )
