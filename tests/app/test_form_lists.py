"""The sections with lists, by keys at 80x24: packages, startup commands, files; and the user."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input, OptionList, TextArea

from tests.app.form_client import FormClient, online_host
from tests.app.test_image_form import FormDriver, form
from trailer_tui.app.dialogs.choice import ChoiceDialog
from trailer_tui.app.dialogs.confirm import ConfirmDialog
from trailer_tui.app.dialogs.environment import EnvironmentDialog
from trailer_tui.app.dialogs.file import FileDialog
from trailer_tui.app.dialogs.import_environment import ImportEnvironmentDialog
from trailer_tui.app.dialogs.startup import StartupDialog
from trailer_tui.app.dialogs.text import TextDialog
from trailer_tui.app.form.entry_states import CONDA, ENVIRONMENT_NAME
from trailer_tui.app.form.fields import (
    APPLICATIONS,
    ENVIRONMENTS,
    FILES,
    GID,
    GROUP,
    STARTUP,
    UID,
    USER_NAME,
    WINDOWS_FILES,
    Field,
)
from trailer_tui.app.form.file_state import ARCHIVED, DESTINATION, GIT, UPLOAD_NAME, UPLOAD_PATH
from trailer_tui.app.screens.image_form import ImageForm
from trailer_tui.app.screens.packages import PackagesScreen
from trailer_tui.app.widgets.form.entry_list import EntryList, EntryOptions
from trailer_tui.app.widgets.form.form_field import FormField
from trailer_tui.model.environment import CondaPackage, Environment, PypiPackage
from trailer_tui.model.host import Host
from trailer_tui.model.image import (
    GenerateConfiguration,
    ImageDraft,
    ImageRecord,
    PullConfiguration,
    WriteConfiguration,
)
from trailer_tui.model.image_file import ArchiveFile, GitRepository, UrlFile
from trailer_tui.model.resolved import BuildPackages, ResolvedCondaPackage, ResolvedEnvironment, specification_of
from trailer_tui.model.services import Services, WindowsDesktop
from trailer_tui.model.startup import StartupCommand

TORCH = Environment(name="torch", conda=[CondaPackage.parse("numpy")])


def lines(user: FormDriver, field: Field) -> list[str]:
    """The entries of a list as they are shown."""
    shown = next(entries for entries in user.form.query(EntryList) if entries.field is field)
    return [str(option.prompt) for option in shown.query_one(OptionList).options]


def problem_in_dialog(user: FormDriver, field: Field) -> str:
    widget = next(found for found in user.app.screen.query(FormField) if found.field is field)
    line = widget.query_one(".form-field-problem")
    return str(getattr(line, "content", "")) if line.display else ""


def note_in_dialog(user: FormDriver, field: Field) -> str:
    widget = next(found for found in user.app.screen.query(FormField) if found.field is field)
    return str(getattr(widget.query_one(".form-field-note"), "content", ""))


def generated(client: FormClient, **changes: object) -> ImageRecord:
    configuration = GenerateConfiguration(image_name="torch-dev:latest", environments=[TORCH])
    draft = ImageDraft(name="torch-dev", host_id=1, configuration=configuration.model_copy(update=changes))
    return client.store(draft)


async def to(user: FormDriver, key: str) -> None:
    """To a section by its number."""
    await user.press("escape", key)


async def test_an_environment_is_entered_by_keys_and_stored() -> None:
    client = FormClient()
    async with form(client) as user:
        await user.write("one")
        await to(user, "4")
        assert "No environment yet" in lines(user, ENVIRONMENTS)[0]
        await user.press("a")
        await user.until_dialog(EnvironmentDialog)
        await user.write("torch")
        await user.press("tab", "tab")
        await user.write("python==3.12")
        await user.press("enter")
        await user.write("main::numpy>=1.26")
        await user.press("tab")
        await user.write("flask[async]~=3.0")
        await user.press("ctrl+o")
        await user.expect(lambda: user.app.screen is user.form)
        assert "torch  python==3.12, main::numpy>=1.26 · pypi: flask[async]~=3.0" in lines(user, ENVIRONMENTS)[0]
        assert isinstance(user.app.focused, EntryOptions)
        await user.press("ctrl+o")
        await user.expect(lambda: bool(user.app.answers))
        configuration = client.records[1].configuration
        assert isinstance(configuration, GenerateConfiguration)
        assert configuration.environments == [
            Environment(
                name="torch",
                conda=[CondaPackage.parse("python==3.12"), CondaPackage.parse("main::numpy>=1.26")],
                pypi=[PypiPackage.parse("flask[async]~=3.0")],
            )
        ]


async def test_a_wrong_line_is_named_while_typing_and_keeps_the_dialog_open() -> None:
    async with form() as user:
        await to(user, "4")
        await user.press("a")
        await user.until_dialog(EnvironmentDialog)
        await user.press("tab", "tab")
        await user.write("numpy")
        await user.press("enter")
        await user.write("two words")
        assert "line 2" in problem_in_dialog(user, CONDA)
        assert problem_in_dialog(user, ENVIRONMENT_NAME) == ""
        await user.press("ctrl+o")
        assert isinstance(user.app.screen, EnvironmentDialog)
        assert "is empty" in problem_in_dialog(user, ENVIRONMENT_NAME)
        assert user.app.focused is user.app.screen.query(Input).first()
        assert user.app.screen.query(TextArea).first().text == "numpy\ntwo words"


async def test_two_environments_of_one_name_are_refused_in_the_dialog() -> None:
    client = FormClient()
    async with form(client, generated(client)) as user:
        await to(user, "4")
        await user.press("a")
        await user.until_dialog(EnvironmentDialog)
        await user.write("torch")
        assert "another environment" in problem_in_dialog(user, ENVIRONMENT_NAME)


async def test_escape_asks_before_a_changed_entry_is_dropped() -> None:
    client = FormClient()
    async with form(client, generated(client)) as user:
        await to(user, "4")
        await user.press("enter")
        await user.until_dialog(EnvironmentDialog)
        await user.write("2")
        await user.press("escape")
        await user.until_dialog(ConfirmDialog)
        await user.press("enter")
        await user.until_dialog(EnvironmentDialog)
        await user.press("escape")
        await user.until_dialog(ConfirmDialog)
        await user.press("y")
        await user.expect(lambda: user.app.screen is user.form)
        assert not user.form.state.is_dirty
        await user.press("enter")
        await user.until_dialog(EnvironmentDialog)
        await user.press("escape")
        await user.expect(lambda: user.app.screen is user.form)


async def test_entries_are_moved_removed_and_brought_back() -> None:
    client = FormClient()
    commands = [StartupCommand(command=word) for word in ("one", "two", "three")]
    async with form(client, generated(client, startup=commands)) as user:
        await to(user, "7")
        await user.press("J")
        assert [line.split()[1] for line in lines(user, STARTUP)] == ["two", "one", "three"]
        await user.press("j", "K")
        assert [line.split()[1] for line in lines(user, STARTUP)] == ["two", "three", "one"]
        await user.press("d", "d")
        assert user.form.state.value(STARTUP) == (commands[1],)
        assert "u brings it back" in user.lines()
        await user.press("u", "u", "u", "u")
        assert user.form.state.value(STARTUP) == tuple(commands)
        assert not user.form.state.is_dirty


async def test_a_command_runs_in_a_defined_environment_and_says_when_that_is_gone() -> None:
    client = FormClient()
    async with form(client, generated(client)) as user:
        await to(user, "7")
        assert "what the base image runs" in user.lines()
        await user.press("a")
        await user.until_dialog(StartupDialog)
        await user.write('python -c "print(1)"')
        await user.press("enter", "right", "enter")
        await user.expect(lambda: user.app.screen is user.form)
        command = StartupCommand(command='python -c "print(1)"', environment="torch")
        assert user.form.state.value(STARTUP) == (command,)
        assert "main process" in user.lines()
        await user.press("a")
        await user.until_dialog(StartupDialog)
        await user.write("sleep 1")
        await user.press("ctrl+o")
        await user.expect(lambda: "restarted when they exit" in user.lines())
        await to(user, "4")
        await user.press("d")
        await to(user, "7")
        assert "its environment names torch, which there is not" in lines(user, STARTUP)[0].replace("\n   ", "")
        await user.press("ctrl+o")
        await user.until_dialog(ChoiceDialog)
        await user.press("enter")
        await user.expect(lambda: user.form.deck.focused_field() is STARTUP)


async def test_the_command_of_a_service_is_chosen_from_a_list() -> None:
    async with form() as user:
        user.form.state.change(APPLICATIONS, ("nginx",))
        await to(user, "7")
        await user.press("a")
        await user.until_dialog(StartupDialog)
        await user.press("down")
        await user.expect(lambda: isinstance(user.app.focused, OptionList))
        await user.press("enter", "ctrl+o")
        await user.expect(lambda: user.app.screen is user.form)
        assert user.form.state.value(STARTUP) == (StartupCommand(command='nginx -g "daemon off;"'),)


async def test_what_is_typed_replaces_a_channel_that_nobody_chose() -> None:
    async with form() as user:
        await to(user, "4")
        await user.press("a")
        await user.until_dialog(EnvironmentDialog)
        await user.write("ml")
        await user.press("tab")
        await user.write("own")
        await user.press("shift+tab", "tab")
        await user.write("x")
        await user.press("ctrl+o")
        await user.expect(lambda: user.app.screen is user.form)
        value = user.form.state.value(ENVIRONMENTS)
        assert isinstance(value, tuple)
        environment = value[0]
        assert isinstance(environment, Environment)
        assert environment.channels == ["ownx"]


async def test_an_environment_called_default_is_a_name_like_others() -> None:
    client = FormClient()
    named = Environment(name="default")
    async with form(client, generated(client, environments=[named])) as user:
        await to(user, "7")
        await user.press("a")
        await user.until_dialog(StartupDialog)
        await user.write("x")
        await user.press("enter", "right", "ctrl+o")
        await user.expect(lambda: user.app.screen is user.form)
        assert user.form.state.value(STARTUP) == (StartupCommand(command="x", environment="default"),)


async def test_an_environment_file_is_imported_and_shown(tmp_path: Path) -> None:
    path = tmp_path / "environment.yml"
    path.write_text("channels: [conda-forge]\ndependencies:\n  - numpy=1\n  - pip:\n      - flask==3\n")
    async with form() as user:
        await to(user, "4")
        await user.press("i")
        await user.until_dialog(ImportEnvironmentDialog)
        await user.press("ctrl+u")
        await user.write(str(tmp_path / "none.yml"))
        await user.press("enter")
        await user.expect(lambda: "No such file" in user.lines() or "not there" in user.lines())
        await user.press("ctrl+u")
        await user.write("~nobody-of-this-name/x.yml")
        await user.press("enter")
        await user.expect(lambda: "home directory" in user.lines())
        await user.press("ctrl+u")
        await user.write(str(path))
        await user.press("ctrl+o")
        await user.until_dialog(EnvironmentDialog)
        await user.press("escape")
        await user.until_dialog(ConfirmDialog)
        await user.press("escape")
        await user.press("ctrl+o")
        await user.expect(lambda: user.app.screen is user.form)
        value = user.form.state.value(ENVIRONMENTS)
        assert isinstance(value, tuple)
        environment = value[0]
        assert isinstance(environment, Environment)
        assert [str(package) for package in environment.pypi] == ["flask==3"]
        await user.press("x")
        await user.until_dialog(TextDialog)
        await user.expect(lambda: user.app.focused is not None)
        assert any("- pip:" in line.text for line in user.app.screen.query_one("TextLines").lines)  # type: ignore[attr-defined]


async def test_what_the_last_build_installed_is_told_and_listed() -> None:
    client = FormClient()
    record = generated(client)
    record = client.records[record.id] = record.model_copy(update={"last_build_id": 7, "last_build_number": 3})
    package = ResolvedCondaPackage(name="numpy", version="2.0", url="https://host/numpy.conda")
    resolved = ResolvedEnvironment(
        name="torch", platform="linux-64", specification=specification_of(TORCH), conda=[package]
    )
    client.stored_packages[record.id] = BuildPackages(
        build_id=7, number=3, resolved=[resolved], locked=[], changes=[], compared_with=None
    )
    async with form(client, record) as user:
        await to(user, "4")
        await user.expect(
            lambda: (
                f"Build 3 installed {client.stored_packages[record.id].counts()}" in user.shown("#packages-installed")
            )
        )
        assert "Resolve again" in user.shown("#packages-installed")
        assert "resolved anew" not in user.shown("#packages-installed")
        user.form.state.change(ENVIRONMENTS, (Environment(name="torch", conda=[CondaPackage.parse("scipy")]),))
        user.form.show_state()
        assert "resolved anew: torch" in user.shown("#packages-installed")
        await user.press("v")
        await user.until_dialog(PackagesScreen)
        await user.press("escape")
        await user.expect(lambda: user.app.screen is user.form)


async def test_the_user_is_typed_and_checked() -> None:
    client = FormClient()
    async with form(client) as user:
        await user.write("one")
        await to(user, "6")
        await user.write("70000")
        assert "too large" in user.problem(UID)
        await user.press("ctrl+u")
        await user.write("2001")
        await user.press("enter")
        await user.write("ada")
        await user.press("enter", *"2001", "enter", *"staff")
        assert [user.problem(field) for field in (UID, USER_NAME, GID, GROUP)] == [""] * 4
        await user.press("ctrl+o")
        await user.expect(lambda: bool(user.app.answers))
        configuration = client.records[1].configuration
        assert isinstance(configuration, GenerateConfiguration)
        assert configuration.user.model_dump() == {"uid": 2001, "name": "ada", "gid": 2001, "group": "staff"}


async def test_an_upload_becomes_a_file_of_the_archive(tmp_path: Path) -> None:
    path = tmp_path / "data.tar.gz"
    path.write_bytes(b"content")
    client = FormClient()
    client.keep_file("data.tar.gz", size=3)
    async with form(client) as user:
        await user.write("one")
        await to(user, "8")
        await user.press("a")
        await user.until_dialog(FileDialog)
        await user.press("right", "tab")
        await user.write(str(path))
        await user.press("tab", "tab")
        await user.write("/opt/data")
        assert note_in_dialog(user, DESTINATION) == "unpacked into the folder /opt/data"
        await user.press("ctrl+o")
        await user.expect(lambda: "is taken" in problem_in_dialog(user, UPLOAD_NAME))
        assert "data-2.tar.gz" in problem_in_dialog(user, UPLOAD_NAME)
        await user.write("data-2.tar.gz")
        await user.press("ctrl+o")
        await user.expect(lambda: user.app.screen is user.form)
        assert client.uploads == {"data-2.tar.gz": b"content"}
        assert user.form.state.value(FILES) == (ArchiveFile(file="data-2.tar.gz", destination="/opt/data"),)
        assert user.form.state.problems() == {}


@pytest.mark.parametrize(("size", "words"), [(5_000_001, "5 MB"), (None, "not there")])
async def test_an_upload_that_cannot_be_is_refused_before_it_is_sent(
    tmp_path: Path, size: int | None, words: str
) -> None:
    path = tmp_path / "big"
    if size is not None:
        path.write_bytes(bytes(size))
    client = FormClient()
    async with form(client) as user:
        await to(user, "8")
        await user.press("a")
        await user.until_dialog(FileDialog)
        await user.press("tab")
        await user.write(str(path))
        await user.press("tab", "tab", *"/opt/big", "ctrl+o")
        await user.expect(lambda: words in problem_in_dialog(user, UPLOAD_PATH))
        assert client.uploads == {}
        assert user.app.screen.query(Input)[1].value == str(path)


async def test_files_come_from_the_archive_a_url_or_git() -> None:
    client = FormClient([_cloning("build-01")])
    client.keep_file("data.tar.gz", size=3, content_type="application/x-compressed-tar")
    async with form(client) as user:
        await to(user, "8")
        await user.press("a")
        await user.until_dialog(FileDialog)
        await user.press("tab", "down", "enter", "tab")
        await user.write("/opt/")
        assert note_in_dialog(user, DESTINATION) == "unpacked into the folder /opt"
        await user.press("ctrl+o")
        await user.expect(lambda: user.app.screen is user.form)
        await user.press("a")
        await user.until_dialog(FileDialog)
        await user.press("right", "right", "tab")
        await user.write("https://host/x.zip")
        await user.press("enter")
        await user.write("/opt/")
        assert note_in_dialog(user, DESTINATION) == "fetched by every build, as it is, to /opt/x.zip"
        await user.press("enter")
        await user.expect(lambda: user.app.screen is user.form)
        await user.press("a")
        await user.until_dialog(FileDialog)
        await user.press("right", "right", "right", "tab")
        await user.write("https://ada:secret@host/r.git")
        assert "login" in problem_in_dialog(user, GIT)
        await user.press("ctrl+u")
        await user.write("https://host/r.git")
        await user.press("enter", *"/opt/r", "enter")
        await user.expect(lambda: user.app.screen is user.form)
        assert user.form.state.value(FILES) == (
            ArchiveFile(file="data.tar.gz", destination="/opt/"),
            UrlFile(url="https://host/x.zip", destination="/opt/"),
            GitRepository(url="https://host/r.git", destination="/opt/r"),
        )


def _cloning(name: str) -> Host:
    host = online_host(1, name)
    known = host.capabilities
    assert known is not None
    return host.model_copy(update={"capabilities": known.model_copy(update={"git_sources": True})})


async def test_git_is_refused_where_the_host_cannot_clone() -> None:
    async with form() as user:
        await to(user, "8")
        await user.press("a")
        await user.until_dialog(FileDialog)
        await user.press("right", "right", "right", "right", "tab")
        await user.write("https://host/r.git")
        assert "build-01 uses the classic builder, which cannot clone" in problem_in_dialog(user, GIT)


async def test_a_name_that_the_archive_lacks_is_told() -> None:
    client = FormClient()
    client.keep_file("data.txt", size=3)
    async with form(client) as user:
        await to(user, "8")
        await user.press("a")
        await user.until_dialog(FileDialog)
        await user.press("tab")
        await user.write("other")
        assert "is not in the archive" in problem_in_dialog(user, ARCHIVED)


async def test_sections_that_do_not_apply_are_dim_and_say_so() -> None:
    client = FormClient()
    configuration = WriteConfiguration(image_name="torch-dev:latest", dockerfile="FROM debian\n")
    record = client.store(ImageDraft(name="torch-dev", host_id=1, configuration=configuration))
    async with form(client, record) as user:
        tabs = {tab.section_id: str(tab.content) for tab in user.form.query("SectionTab").results()}  # type: ignore[attr-defined]
        assert "–" in tabs["packages"]
        assert "–" not in tabs["files"]
        await to(user, "4")
        assert user.form.deck.open_section.SECTION_ID == "general"
        await user.press("3", "left", "escape")
        tabs = {tab.section_id: str(tab.content) for tab in user.form.query("SectionTab").results()}  # type: ignore[attr-defined]
        assert [name for name, text in tabs.items() if "–" in text] == [
            "packages",
            "services",
            "user",
            "startup",
            "files",
        ]
        await user.press("]")
        assert user.form.deck.open_section.SECTION_ID == "review"


async def test_every_tab_is_seen_at_80_columns() -> None:
    async with form() as user:
        await user.expect(lambda: all(tab.is_on_screen for tab in user.form.query("SectionTab")))
        assert user.form.query("SectionTab").last().region.right <= 80


async def test_a_new_image_is_saved_as_a_template_after_a_question() -> None:
    client = FormClient()
    async with form(client) as user:
        await user.write("Template")
        assert user.form.state.value(UID) == ""
        await user.press("escape", "T")
        await user.until_dialog(ConfirmDialog)
        await user.press("escape")
        assert client.records == {}
        await user.press("T")
        await user.until_dialog(ConfirmDialog)
        await user.press("y")
        await user.expect(lambda: bool(user.app.answers))
        assert client.records[1].is_template
        assert client.built == []


async def test_an_edited_image_is_not_saved_as_a_template() -> None:
    client = FormClient()
    async with form(client, generated(client)) as user:
        assert not user.form.query_one("#form-save-as-template").display
        await user.press("escape", "T")
        assert user.app.screen is user.form
        assert isinstance(user.app.screen, ImageForm)


async def test_a_section_that_the_stored_image_has_no_more_is_left() -> None:
    client = FormClient()
    record = generated(client)
    async with form(client, record) as user:
        await to(user, "4")
        stored = client.store(
            record.draft().model_copy(update={"configuration": PullConfiguration(image="nginx:1")}), record.id
        )
        user.form.state.reload(stored)
        user.form.show_state()
        assert user.form.deck.open_section.SECTION_ID == "general"


async def test_a_problem_without_a_field_is_listed_and_leads_to_the_review(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FormClient()
    async with form(client) as user:
        await user.write("one")
        valid = user.form.state.document
        monkeypatch.setattr(user.form.state, "document", lambda: valid() | {"from_another_age": 1})
        await user.write("2")
        await user.press("ctrl+o")
        await user.until_dialog(ChoiceDialog)
        assert "from_another_age" in str(user.app.screen.query_one(OptionList).options[0].prompt)
        await user.press("enter")
        await user.expect(lambda: user.form.deck.open_section.SECTION_ID == "review")
        assert "from_another_age" in str(user.form.query_one("#review-problems", OptionList).options[0].prompt)
        assert client.records == {}


async def test_the_path_on_a_windows_image_is_called_by_its_drive() -> None:
    client = FormClient()
    client.keep_file("setup.exe", size=3)
    services = Services(desktop=WindowsDesktop())
    record = generated(client, environments=[], services=services, base_image="dockurr/windows:6.05")
    async with form(client, record) as user:
        await to(user, "8")
        await user.press("a")
        await user.until_dialog(FileDialog)
        await user.press("tab", *"setup.exe", "tab")
        assert "Path on C: drive" in "".join(
            segment.text for strip in user.app.screen._compositor.render_strips() for segment in strip
        )
        await user.write("/opt/")
        assert "start it with C:" in problem_in_dialog(user, DESTINATION)
        await user.press("ctrl+u")
        await user.write("C:\\Tools\\")
        assert "copied to C:\\Tools\\setup.exe" in note_in_dialog(user, DESTINATION)
        await user.press("ctrl+o")
        await user.expect(lambda: user.app.screen is user.form)
        assert user.form.state.value(WINDOWS_FILES) == (ArchiveFile(file="setup.exe", destination="C:\\Tools\\"),)
        assert user.form.state.value(FILES) == ()
