"""Values of every mode and kind of image side by side, and problems that find their field and entry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.app.form_client import FormClient
from trailer_tui.app.form.differences import differences
from trailer_tui.app.form.draft_state import DraftState
from trailer_tui.app.form.entry_states import CHANNELS, ENVIRONMENT_NAME, EnvironmentState
from trailer_tui.app.form.fields import (
    APPLICATIONS,
    BASE_IMAGE,
    DESKTOP_APPLICATIONS,
    DESKTOP_ENVIRONMENT,
    DOCKERFILE,
    EDITION,
    ENVIRONMENTS,
    FIELDS,
    FILES,
    GID,
    GROUP,
    HOST,
    IMAGE_NAME,
    KEYBOARD,
    MODE,
    NAME,
    STARTUP,
    SYSTEM,
    UID,
    USER_NAME,
    VIRTUAL_DESKTOP,
    WINDOWS_BASE_IMAGE,
    WINDOWS_FILES,
    WINDOWS_KEYBOARD,
    WINDOWS_PASSWORD,
    WINDOWS_USER,
    Field,
    Value,
)
from trailer_tui.app.form.places import field_at, place_of
from trailer_tui.app.form.problems import labelled
from trailer_tui.app.form.service_choices import start_commands
from trailer_tui.catalog.catalogue import builtin
from trailer_tui.model.environment import CondaPackage, Environment, PypiPackage
from trailer_tui.model.errors import FieldProblem
from trailer_tui.model.image import (
    GenerateConfiguration,
    ImageConfiguration,
    ImageDraft,
    PullConfiguration,
    WriteConfiguration,
)
from trailer_tui.model.image_file import ArchiveFile, GitRepository, UrlFile
from trailer_tui.model.services import LinuxDesktop, Services, WindowsDesktop
from trailer_tui.model.startup import StartupCommand
from trailer_tui.model.workspace_user import WorkspaceUser

TORCH = Environment(
    name="torch", conda=[CondaPackage.parse("python==3.12"), CondaPackage.parse("numpy>=1.26")], pypi=[]
)
WEB = Environment(name="default", channels=["main"], pypi=[PypiPackage.parse("flask[async]~=3.0")])
COMMANDS = (StartupCommand(command="nginx"), StartupCommand(command="python -m http.server", environment="torch"))
LINUX_FILES = (
    ArchiveFile(file="data.tar.gz", destination="/opt/data/"),
    UrlFile(url="https://host/x.zip", destination="/opt/x.zip"),
    GitRepository(url="https://host/r.git", destination="/opt/r"),
)
WINDOWS_ENTRIES = (ArchiveFile(file="setup.exe", destination="C:\\Tools\\"),)

WHOLE = GenerateConfiguration(
    image_name="whole:latest",
    base_image="debian:12",
    environments=[TORCH, WEB],
    services=Services(applications=["nginx", "ffmpeg"]),
    user=WorkspaceUser(uid=2001, name="ada", gid=0, group="root"),
    startup=list(COMMANDS),
    files=list(LINUX_FILES),
)
LINUX_DESKTOP = WHOLE.model_copy(
    update={
        "services": Services(
            desktop=LinuxDesktop(operating_system="debian", environment="kde", keyboard="de", language="de_DE"),
            desktop_applications=["gimp"],
        )
    }
)
WINDOWS = GenerateConfiguration(
    image_name="whole:latest",
    base_image="dockurr/windows:6.05",
    squash=None,
    services=Services(desktop=WindowsDesktop(edition="2022", username="ada", keyboard="de-DE", language="de-DE")),
    files=list(WINDOWS_ENTRIES),
)
WRITTEN = WriteConfiguration(
    image_name="whole:latest",
    dockerfile="FROM debian:12\n",
    services=Services(applications=["git"]),
    user=WorkspaceUser(name="ada"),
    startup=[StartupCommand(command="nginx")],
    files=list(LINUX_FILES),
)


def filled(*changes: tuple[Field, Value]) -> DraftState:
    state = DraftState()
    state.prefill(HOST, 1)
    state.change(NAME, "whole")
    for field, value in changes:
        state.change(field, value)
    return state


@pytest.mark.parametrize(
    "configuration", [WHOLE, LINUX_DESKTOP, WINDOWS, WRITTEN, PullConfiguration(image="nginx:1")], ids=str
)
def test_a_record_goes_through_the_form_unchanged(configuration: ImageConfiguration) -> None:
    record = FormClient().store(ImageDraft(name="whole", host_id=1, configuration=configuration))
    state = DraftState(record)
    assert not state.is_dirty
    assert state.problems() == {}
    assert state.draft() == record.draft()
    assert state.configuration() == configuration
    clone = DraftState(record, clone=True)
    clone.change(IMAGE_NAME, "whole:latest")
    assert clone.draft().configuration == (configuration if configuration.mode == "pull" else state.configuration())


def test_what_is_typed_makes_the_whole_configuration() -> None:
    state = filled(
        (BASE_IMAGE, "debian:12"),
        (ENVIRONMENTS, (TORCH, WEB)),
        (APPLICATIONS, ("nginx", "ffmpeg")),
        (UID, " 2001 "),
        (USER_NAME, "ada"),
        (GID, "0"),
        (GROUP, "root"),
        (STARTUP, COMMANDS),
        (FILES, LINUX_FILES),
    )
    assert state.draft().configuration == WHOLE


def test_windows_hides_what_linux_has_and_brings_it_back() -> None:
    state = filled((ENVIRONMENTS, (TORCH,)), (UID, "2001"), (STARTUP, COMMANDS), (FILES, LINUX_FILES), (KEYBOARD, "de"))
    state.change(VIRTUAL_DESKTOP, value=True)
    linux = state.draft()
    state.change(SYSTEM, "windows")
    state.change(WINDOWS_BASE_IMAGE, "dockurr/windows:6.05")
    state.change(EDITION, "2022")
    state.change(WINDOWS_USER, "ada")
    state.change(WINDOWS_KEYBOARD, "fr-FR")
    state.change(WINDOWS_FILES, WINDOWS_ENTRIES)
    windows = state.draft()
    assert isinstance(windows.configuration, GenerateConfiguration)
    assert windows.configuration.services == Services(
        desktop=WindowsDesktop(edition="2022", username="ada", keyboard="fr-FR")
    )
    assert windows.configuration.files == list(WINDOWS_ENTRIES)
    assert (windows.configuration.environments, windows.configuration.startup) == ([], [])
    assert not state.applies(UID)
    state.change(SYSTEM, "debian")
    assert state.draft() == linux
    state.change(SYSTEM, "windows")
    assert state.draft() == windows


def test_a_password_is_sent_for_windows_alone_and_never_shown() -> None:
    state = filled((WINDOWS_PASSWORD, "hunter2"))
    assert state.draft().windows_password is None
    state.change(VIRTUAL_DESKTOP, value=True)
    state.change(SYSTEM, "windows")
    state.change(WINDOWS_BASE_IMAGE, "dockurr/windows:6.05")
    assert state.draft().windows_password == "hunter2"
    stored = FormClient().store(ImageDraft(name="whole", host_id=1, configuration=WINDOWS))
    assert "hunter2" not in "".join(found.mine + found.stored for found in differences(state, stored))
    state.change(WINDOWS_PASSWORD, "x" * 500)
    assert "xxx" not in labelled(state.problems()["windows_password"])


def test_an_empty_password_keeps_the_stored_one() -> None:
    record = FormClient().store(ImageDraft(name="whole", host_id=1, configuration=WINDOWS))
    state = DraftState(record)
    state.change(WINDOWS_PASSWORD, "hunter2")
    assert state.changed_fields() == [WINDOWS_PASSWORD]
    state.change(WINDOWS_PASSWORD, "")
    assert not state.is_dirty
    assert state.draft().windows_password is None


def test_a_desktop_application_forces_the_desktop_on() -> None:
    state = filled((DESKTOP_APPLICATIONS, ("gimp",)))
    assert state.has_desktop
    services = _services(state)
    assert services.desktop == LinuxDesktop(operating_system="debian", environment="xfce")
    state.change(DESKTOP_APPLICATIONS, ())
    assert not state.has_desktop
    assert _services(state).desktop is None


def test_a_forced_desktop_is_one_of_linux_whatever_was_chosen_before() -> None:
    state = filled((VIRTUAL_DESKTOP, True), (SYSTEM, "windows"), (VIRTUAL_DESKTOP, False))
    state.change(DESKTOP_APPLICATIONS, ("gimp",))
    desktop = _services(state).desktop
    assert isinstance(desktop, LinuxDesktop)
    assert desktop.operating_system == "debian"


def test_a_desktop_environment_that_a_system_lacks_gives_way_and_comes_back() -> None:
    catalogue = builtin()
    lacks = next(
        (entry.id, environment)
        for entry in catalogue.desktop_systems()
        for environment in ("i3", "kde", "mate", "xfce")
        if catalogue.desktop_image(entry.id, environment) is None
    )
    has = next(entry.id for entry in catalogue.desktop_systems() if catalogue.desktop_image(entry.id, lacks[1]))
    state = filled((VIRTUAL_DESKTOP, True), (SYSTEM, has), (DESKTOP_ENVIRONMENT, lacks[1]))
    state.take_catalogue(catalogue)
    state.change(SYSTEM, lacks[0])
    assert catalogue.desktop_image(lacks[0], state.desktop_environment)
    state.change(SYSTEM, has)
    assert state.desktop_environment == lacks[1]


def test_a_written_dockerfile_has_commands_without_environments_and_they_come_back() -> None:
    state = filled((ENVIRONMENTS, (TORCH,)), (STARTUP, COMMANDS), (MODE, "write"), (DOCKERFILE, "FROM debian\n"))
    written = state.draft().configuration
    assert isinstance(written, WriteConfiguration)
    assert [command.environment for command in written.startup] == [None, None]
    state.change(MODE, "generate")
    generated = state.draft().configuration
    assert isinstance(generated, GenerateConfiguration)
    assert generated.startup == list(COMMANDS)


VALUES: dict[str, list[Value]] = {
    MODE.path: ["generate", "write", "pull"],
    VIRTUAL_DESKTOP.path: [True, False],
    SYSTEM.path: ["debian", "alpine", "windows"],
    ENVIRONMENTS.path: [(), (TORCH,), (TORCH, WEB)],
    STARTUP.path: [(), COMMANDS],
    FILES.path: [(), LINUX_FILES],
    WINDOWS_FILES.path: [(), WINDOWS_ENTRIES],
    APPLICATIONS.path: [(), ("nginx",)],
    DESKTOP_APPLICATIONS.path: [(), ("gimp",)],
    UID.path: ["", "0", "x"],
    EDITION.path: ["11", "2022"],
    KEYBOARD.path: ["", "de"],
    WINDOWS_KEYBOARD.path: ["", "de-DE"],
    BASE_IMAGE.path: ["debian:12", "Not One"],
    WINDOWS_PASSWORD.path: ["", "hunter2"],
}
EDITS = st.lists(
    st.sampled_from([field for field in FIELDS if field.path in VALUES]).flatmap(
        lambda field: st.tuples(st.just(field), st.sampled_from(VALUES[field.path]))
    ),
    max_size=30,
)


@given(EDITS)
def test_no_sequence_of_edits_and_switches_loses_what_was_typed(edits: list[tuple[Field, Value]]) -> None:
    state = filled(*edits)
    last = {field.path: value for field, value in edits}
    assert {path: state.value(field) for path in last if (field := field_at(path)) and field.path == path} == {
        path: value for path, value in last.items() if "@" not in path
    }
    assert all(state.value(field) == last[field.path] for field in FIELDS if field.path in last)
    # Whatever stands in the way is told, so that a form without problems can be sent.
    if not state.problems():
        draft = state.draft()
        again = DraftState(FormClient().store(draft))
        expected = draft.model_copy(update={"windows_password": None})
        assert again.draft() == expected


@pytest.mark.parametrize(
    ("path", "field", "index", "part"),
    [
        ("configuration.environments.0.conda.2", ENVIRONMENTS, 0, "conda.2"),
        ("body.configuration.generate.environments.3.name", ENVIRONMENTS, 3, "name"),
        ("configuration.startup.1.environment", STARTUP, 1, "environment"),
        ("configuration.files.3.destination", FILES, 3, "destination"),
        ("configuration.files.0.url.url", FILES, 0, "url"),
        ("configuration.write.files.2.archive.destination", FILES, 2, "destination"),
        ("configuration.services.desktop.windows.username", WINDOWS_USER, None, ""),
        ("configuration.services.desktop.debian.keyboard", KEYBOARD, None, ""),
        ("configuration.services.desktop", VIRTUAL_DESKTOP, None, ""),
        ("configuration.services.applications.1", APPLICATIONS, 1, ""),
        ("configuration.user", UID, None, ""),
        ("configuration.user.gid", GID, None, ""),
        ("windows_password", WINDOWS_PASSWORD, None, ""),
    ],
)
def test_place_of_a_path(path: str, field: Field, index: int | None, part: str) -> None:
    place = place_of(path)
    assert place is not None
    assert (place.field, place.index, place.part) == (field, index, part)


def test_the_list_of_the_kind_of_image_gets_the_problem() -> None:
    state = filled((VIRTUAL_DESKTOP, True), (SYSTEM, "windows"), (WINDOWS_FILES, WINDOWS_ENTRIES))
    assert state.field_at("configuration.files.0.destination") is WINDOWS_FILES
    assert state.field_at("configuration.base_image") is WINDOWS_BASE_IMAGE


def test_a_command_without_its_environment_is_told_at_its_entry() -> None:
    state = filled((STARTUP, COMMANDS), (ENVIRONMENTS, (WEB,)))
    problem = state.problems()[STARTUP.path]
    assert problem.problem.startswith("command 2 (python -m http.server): its environment names torch")
    assert list(state.entry_problems(STARTUP)) == [1]
    state.change(ENVIRONMENTS, (WEB, TORCH))
    assert state.problems() == {}
    assert state.entry_problems(STARTUP) == {}


def test_what_the_server_finds_in_an_entry_stays_there_until_the_list_changes() -> None:
    state = filled((FILES, LINUX_FILES))
    strangers = state.add_server_problems(
        [FieldProblem("configuration.generate.files.1.url.url", "x", "cannot be reached", "try another")]
    )
    assert strangers == []
    assert state.entry_problems(FILES)[1].problem == "cannot be reached"
    assert "file 2 (https://host/x.zip)" in state.shown_problems()[FILES.path].problem
    state.change(FILES, LINUX_FILES[:1])
    assert state.problems() == {}


def test_a_problem_without_a_field_is_never_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    state = filled()
    valid = state.document()
    monkeypatch.setattr(state, "document", lambda: valid | {"from_another_age": 1})
    assert list(state.problems()) == ["from_another_age"]
    assert list(state.shown_problems()) == ["from_another_age"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (UID, "x", "is no whole number: write 0 to 65535"),
        (UID, "65536", "too large"),
        (UID, "-1", "is too small"),
        (GID, "9" * 40, "is too large"),
        (USER_NAME, "Ada Lovelace", "no name of an account"),
    ],
)
def test_numbers_and_names_of_the_user_are_checked_while_typing(field: Field, value: str, words: str) -> None:
    problem = filled((field, value)).shown_problems()[field.path]
    assert words in f"{problem.problem}: {problem.remedy}"


def test_applications_that_a_system_cannot_have_are_told() -> None:
    catalogue = builtin()
    refused = next(
        (entry.id, offer)
        for entry in catalogue.desktop_systems()
        for offer in catalogue.offers("desktop", system=entry.id, on_desktop=True)
        if not offer.is_available
    )
    state = filled((VIRTUAL_DESKTOP, True), (SYSTEM, refused[0]))
    state.change(DESKTOP_APPLICATIONS, (refused[1].application.id, "no-such-thing"))
    assert DESKTOP_APPLICATIONS.path not in state.problems()
    state.take_catalogue(catalogue)
    assert refused[1].reason in state.problems()[DESKTOP_APPLICATIONS.path].problem
    state.change(DESKTOP_APPLICATIONS, ("no-such-thing",))
    assert "no-such-thing" in state.problems()[DESKTOP_APPLICATIONS.path].problem


def test_chosen_services_say_how_they_are_started() -> None:
    state = filled((APPLICATIONS, ("nginx", "ffmpeg", "no-such-thing")))
    assert start_commands(state) == []
    state.take_catalogue(builtin())
    assert start_commands(state) == [('nginx -g "daemon off;"', "nginx")]


def test_what_one_distribution_of_a_family_lacks_is_told_for_its_base_images() -> None:
    state = filled((BASE_IMAGE, "fedora:latest"), (APPLICATIONS, ("search-tools",)))
    state.take_catalogue(builtin())
    assert APPLICATIONS.path not in state.problems()
    state.change(BASE_IMAGE, "rockylinux:9")
    assert "cannot be had here" in state.problems()[APPLICATIONS.path].problem


def test_files_that_the_archive_lacks_are_told_once_it_is_known() -> None:
    client = FormClient()
    state = filled((FILES, LINUX_FILES))
    assert state.problems() == {}
    state.take_archive({})
    assert list(state.entry_problems(FILES)) == [0]
    state.take_archive({"data.tar.gz": client.keep_file("data.tar.gz", size=1)})
    assert state.problems() == {}


def test_differences_of_lists_are_readable() -> None:
    client = FormClient()
    record = client.store(ImageDraft(name="whole", host_id=1, configuration=WHOLE))
    state = DraftState(record)
    state.change(ENVIRONMENTS, (TORCH,))
    changed = WHOLE.model_copy(update={"user": WorkspaceUser(uid=7)})
    stored = client.store(record.draft().model_copy(update={"configuration": changed}), record.id)
    found = {difference.field: difference for difference in differences(state, stored)}
    assert "torch  python==3.12, numpy>=1.26" in found[ENVIRONMENTS].mine
    assert any(line.startswith("-default  pypi: flask") for line in found[ENVIRONMENTS].lines())
    assert (found[UID].mine, found[UID].stored) == ("2001", "7")
    state.rebase(stored)
    configuration = state.draft().configuration
    assert isinstance(configuration, GenerateConfiguration)
    assert configuration.environments == [TORCH]
    assert configuration.user == WorkspaceUser(uid=7)


def test_my_windows_password_survives_that_somebody_else_saved_first() -> None:
    client = FormClient()
    record = client.store(ImageDraft(name="whole", host_id=1, configuration=WINDOWS))
    state = DraftState(record)
    state.change(WINDOWS_PASSWORD, "hunter2")
    stored = client.store(record.draft().model_copy(update={"description": "theirs"}), record.id)
    state.rebase(stored)
    assert state.draft().windows_password == "hunter2"
    state.reload(stored)
    assert state.draft().windows_password is None


def test_templates_start_and_become_images() -> None:
    template = FormClient().store(ImageDraft(name="base", host_id=1, is_template=True, configuration=WHOLE))
    used = DraftState(template, clone=True)
    assert not used.is_template
    assert used.draft().configuration == WHOLE.model_copy(update={"image_name": used.text(IMAGE_NAME)})
    assert used.draft(as_template=True).is_template
    assert DraftState(template).draft().is_template
    assert DraftState(as_template=True).is_template


def _services(state: DraftState) -> Services:
    configuration = state.draft().configuration
    assert isinstance(configuration, GenerateConfiguration)
    return configuration.services


def test_channels_are_parted_by_commas_or_blanks() -> None:
    state = EnvironmentState(None)
    state.change(ENVIRONMENT_NAME, "ml")
    state.change(CHANNELS, "conda-forge bioconda,  https://channel.example/own")
    assert state.entry().channels == ["conda-forge", "bioconda", "https://channel.example/own"]
