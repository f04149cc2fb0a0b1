"""The create / edit form as a user meets it: keys in, text on the screen and a stored record out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.signal import Signal
from textual.theme import Theme
from textual.widgets import Button, Input, OptionList, Static, TextArea

from tests.app.form_client import FormClient, offline_host, online_host
from tests.app.test_connection import running_build
from trailer_tui.app.dialogs.choice import ChoiceDialog
from trailer_tui.app.dialogs.confirm import ConfirmDialog
from trailer_tui.app.dialogs.error import ErrorDialog
from trailer_tui.app.form.fields import BASE_IMAGE, DESCRIPTION, DOCKERFILE, HOST, IMAGE_NAME, NAME, PUSH, Mode
from trailer_tui.app.screens.image_form import ImageForm
from trailer_tui.app.session import Session
from trailer_tui.app.stylesheets import stylesheets
from trailer_tui.app.themes import THEMES
from trailer_tui.app.widgets.form.build_host import BuildHostSection
from trailer_tui.app.widgets.form.conflict_dialog import ConflictDialog
from trailer_tui.app.widgets.form.disclosure import DisclosureTitle
from trailer_tui.app.widgets.form.host_list import HostList
from trailer_tui.app.widgets.form.preview import DockerfilePreview
from trailer_tui.app.widgets.form.section_tabs import SectionTab, SectionTabs
from trailer_tui.model.events import BuildChanged, Event, HostChanged, ImageChanged, ImageDeleted
from trailer_tui.model.image import (
    GenerateConfiguration,
    ImageDraft,
    ImageRecord,
    PullConfiguration,
    WriteConfiguration,
)
from trailer_tui.model.status import BuildState, HostState

NARROW, WIDE = (80, 24), (160, 50)


class FormApp(App[None]):
    """Only the form, with the app's stylesheets."""

    CSS_PATH = [path for path in stylesheets() if path.stem in ("base", "dialogs", "form", "form_entries")]

    def __init__(self, client: FormClient, record: ImageRecord | None = None, *, clone: bool = False) -> None:
        super().__init__()
        self.client = client
        self.events: Signal[Event] = Signal(self, "events")
        session = Session(client.as_client(), self.events, 0.1)
        self.form = ImageForm(session, record=record, clone=clone)
        self.answers: list[ImageRecord | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.form, self.answers.append)


class FormDriver:
    """The user: presses keys and looks at the screen."""

    def __init__(self, app: FormApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.form = app.form
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def write(self, text: str) -> None:
        await self.press(*(" " if key == " " else key for key in text))

    async def expect(self, condition: Callable[[], bool]) -> None:
        for _ in range(200):
            if condition():
                return
            await self.pilot.pause(0.02)
        pytest.fail("the screen never came to what was waited for")

    async def until_dialog(self, kind: type[object]) -> None:
        await self.expect(lambda: isinstance(self.app.screen, kind))
        await self.pilot.pause()

    def shown(self, selector: str) -> str:
        widget = self.app.screen.query_one(selector, Static)
        return str(widget.content) if widget.display else ""

    def lines(self) -> str:
        """Every static text on the present screen that is shown."""
        widgets = self.app.screen.query(Static)
        return "\n".join(str(widget.content) for widget in widgets if widget.is_on_screen)

    @property
    def focused_field(self) -> object:
        return self.form.deck.focused_field()

    def problem(self, field: object) -> str:
        for section in self.form.deck.sections.values():
            for widget in section.query("FormField"):
                if getattr(widget, "field", None) is field:
                    line = widget.query_one(".form-field-problem", Static)
                    return str(line.content) if line.display else ""
        return ""


@asynccontextmanager
async def form(
    client: FormClient | None = None,
    record: ImageRecord | None = None,
    *,
    clone: bool = False,
    size: tuple[int, int] = NARROW,
) -> AsyncIterator[FormDriver]:
    app = FormApp(client or FormClient(), record, clone=clone)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield FormDriver(app, pilot)


def written(client: FormClient, **changes: object) -> ImageRecord:
    configuration = WriteConfiguration(image_name="torch-dev:latest", dockerfile="FROM debian\n")
    draft = ImageDraft(name="torch-dev", description="Torch", host_id=1, configuration=configuration)
    return client.store(draft.model_copy(update=changes))


def resaved(client: FormClient, record: ImageRecord, **changes: object) -> ImageRecord:
    return client.store(record.draft().model_copy(update=changes), record.id)


def changed_event(record: ImageRecord) -> ImageChanged:
    row = {"id": record.id, "name": record.name, "updated_at": record.updated_at.timestamp()}
    return ImageChanged(row=row)


async def test_name_and_save_give_a_built_image() -> None:
    client = FormClient()
    async with form(client) as user:
        await user.write("Torch (dev)")
        assert "torch-dev:latest" in user.lines()
        await user.press("ctrl+o")
        await user.expect(lambda: bool(user.app.answers))
        record = client.records[1]
        assert user.app.answers == [record]
        assert record.configuration == GenerateConfiguration(image_name="torch-dev:latest")
        assert record.host_id == 1
        assert client.built == [1]


async def test_a_new_image_goes_to_an_offline_host_rather_than_to_a_disabled_one() -> None:
    disabled = online_host(1, "build-00").model_copy(update={"state": HostState.DISABLED})
    client = FormClient([disabled, offline_host(2)])
    async with form(client) as user:
        await user.write("web")
        await user.press("ctrl+o")
        await user.expect(lambda: bool(user.app.answers))
        assert client.records[1].host_id == 2


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
async def test_everything_under_the_cursor_can_be_read_in_every_theme(theme: Theme) -> None:
    async with form() as user:
        user.app.register_theme(theme)
        user.app.theme = theme.name
        for keys in (("ctrl+n",), ("ctrl+n", "tab", "down", "down")):
            await user.press(*keys)
            strips = user.app.screen._compositor.render_strips()
            words = [segment for strip in strips for segment in strip if any(map(str.isalpha, segment.text))]
            styles = {
                word.text: word.style
                for word in words
                if word.style and word.style.color and not word.style.color.is_default
            }
            assert [text for text, style in styles.items() if style.color == style.bgcolor] == []


async def test_the_end_of_a_long_name_is_seen_while_it_is_typed() -> None:
    async with form() as user:
        await user.write("x" * 80 + " end")
        name = user.form.query_one(Input)
        assert name.content_size.height == 1
        assert "end" in "".join(segment.text for segment in name.render_line(0))


async def test_pull_mode_by_keys_alone() -> None:
    client = FormClient()
    async with form(client) as user:
        await user.write("web")
        await user.press("escape", "3")
        await user.press("right", "enter")
        assert user.form.state.mode is Mode.PULL
        await user.write("nginx:1.27")
        await user.press("ctrl+o")
        await user.expect(lambda: bool(user.app.answers))
        assert client.records[1].configuration == PullConfiguration(image="nginx:1.27")


async def test_write_mode_asks_before_saving_a_dockerfile_that_cannot_build() -> None:
    client = FormClient()
    async with form(client) as user:
        await user.write("own")
        await user.press("escape", "3", "right", "right", "enter")
        await user.write("FRO")
        await user.press("ctrl+o")
        await user.until_dialog(ConfirmDialog)
        await user.press("escape")
        await user.expect(lambda: user.focused_field is DOCKERFILE)
        assert client.records == {}
        user.app.form.query_one("#mode-write TextArea", TextArea).load_text("FROM debian\n")
        await user.pilot.pause()
        await user.press("ctrl+o")
        await user.expect(lambda: bool(user.app.answers))
        assert client.records[1].configuration == WriteConfiguration(
            image_name="own:latest", dockerfile="FROM debian\n"
        )


async def test_problem_stands_under_its_field_while_typing_and_goes_when_mended() -> None:
    async with form() as user:
        await user.press("escape", "3", "tab", "tab")
        base = user.form.query_one("#mode-generate Input", Input)
        base.focus()
        await user.press("ctrl+u")
        await user.write("Ubuntu")
        assert "ubuntu" in user.problem(BASE_IMAGE)
        tab = user.form.query_one("#tab-image", SectionTab)
        assert "!" in str(tab.content)
        await user.press("ctrl+u")
        await user.write("ubuntu")
        assert user.problem(BASE_IMAGE) == ""
        assert "!" not in str(tab.content)


async def test_save_lists_every_problem_and_jumps_to_the_chosen_one() -> None:
    async with form() as user:
        image_name = user.form.state
        image_name.change(IMAGE_NAME, "Not A Name")
        await user.press("ctrl+o")
        await user.until_dialog(ChoiceDialog)
        listed = user.app.screen.query_one(OptionList)
        assert [str(option.prompt).partition(":")[0] for option in listed.options] == ["Name", "Image name"]
        await user.press("down", "enter")
        await user.expect(lambda: user.focused_field is IMAGE_NAME)
        assert user.form.deck.open_section.SECTION_ID == "image"
        await user.press("ctrl+t")
        await user.expect(lambda: user.focused_field is NAME)


async def test_taken_name_is_shown_at_the_name() -> None:
    client = FormClient()
    written(client)
    async with form(client) as user:
        await user.write("torch-dev")
        await user.press("ctrl+o")
        await user.until_dialog(ChoiceDialog)
        await user.press("enter")
        await user.expect(lambda: user.focused_field is NAME)
        assert "you have an image of that name" in user.problem(NAME)
        await user.write("2")
        await user.press("ctrl+o")
        await user.expect(lambda: bool(user.app.answers))
        assert client.records[2].name == "torch-dev2"


async def test_server_away_keeps_the_form_as_it_is() -> None:
    client = FormClient()
    async with form(client) as user:
        await user.write("torch")
        client.is_away = True
        await user.press("ctrl+o")
        await user.until_dialog(ErrorDialog)
        await user.press("escape")
        assert user.app.screen is user.form
        assert user.form.query_one("#general Input", Input).value == "torch"
        client.is_away = False
        await user.press("ctrl+o")
        await user.expect(lambda: bool(user.app.answers))


async def test_hosts_that_cannot_be_read_are_said_and_read_again() -> None:
    client = FormClient()
    client.is_away = True
    async with form(client) as user:
        await user.press("escape", "2")
        await user.expect(lambda: "cannot be read" in user.shown("#host-note"))
        client.is_away = False
        await user.press("ctrl+l")
        await user.expect(lambda: user.form.state.host_id == 1)


async def test_what_is_wrong_with_a_host_is_indented_and_its_address_told_once() -> None:
    address, hint = "tcp://far.example:2375", "start the engine there, " * 8 + "or mend the address"
    away = offline_host(2).model_copy(update={"address": address, "error": f"{address}: refused", "hint": hint})
    async with form(FormClient([online_host(1), away]), size=(80, 40)) as user:
        await user.write("torch")
        await user.press("escape", "2")
        hosts = user.form.query_one(HostList)
        entry = str(hosts.get_option_at_index(1).prompt)
        assert entry.count(address) == 1
        below = entry.splitlines()[1:]
        assert len(below) > 3
        assert all(line.startswith("    ") and len(line) < 80 for line in below)
        assert below[2].startswith("      ")


async def test_offline_host_can_be_chosen_and_the_wait_is_said() -> None:
    client = FormClient()
    async with form(client) as user:
        await user.write("torch")
        await user.press("escape", "2", "down", "space")
        assert user.form.state.host_id == 2
        assert "the build waits" in user.shown("#host-note")
        assert user.form.query_one(OptionList).highlighted == 1
        back = offline_host().model_copy(update={"state": online_host().state, "error": "", "hint": ""})
        user.app.events.publish(HostChanged(host=back))
        await user.expect(lambda: "waits" not in user.shown("#host-note"))


async def test_hosts_keep_their_order_when_one_changes() -> None:
    hosts = [online_host(7, "alpha"), online_host(3, "beta")]
    async with form(FormClient(hosts)) as user:
        await user.expect(lambda: user.form.state.host_id == 7)
        user.app.events.publish(HostChanged(host=hosts[1].model_copy(update={"running": 1})))
        await user.expect(lambda: user.form.query_one(BuildHostSection).hosts[1].running == 1)
        assert [host.name for host in user.form.query_one(BuildHostSection).hosts] == ["alpha", "beta"]


async def test_first_online_host_is_the_default() -> None:
    async with form(FormClient([offline_host(1, "away"), online_host(2, "here")])) as user:
        await user.expect(lambda: user.form.state.host_id == 2)
        assert not user.form.state.is_dirty


async def test_enter_goes_on_from_field_to_field_and_section_to_section() -> None:
    async with form() as user:
        assert user.focused_field is NAME
        await user.press("enter")
        assert user.focused_field is DESCRIPTION
        await user.press("tab", "escape", "escape")
        assert user.app.answers == [None]


async def test_brackets_and_numbers_move_between_sections_outside_text_fields() -> None:
    async with form() as user:
        await user.write("a[1]")
        assert user.form.state.text(NAME) == "a[1]"
        await user.press("escape", "]")
        assert user.form.deck.open_section.SECTION_ID == "build_host"
        await user.press("9")
        assert user.form.deck.open_section.SECTION_ID == "review"
        await user.press("[")
        assert user.form.deck.open_section.SECTION_ID == "files"
        await user.press("ctrl+n", "ctrl+n")
        assert user.form.deck.open_section.SECTION_ID == "general"


async def test_arrows_on_the_tabs_move_and_enter_goes_in() -> None:
    async with form() as user:
        await user.press("escape")
        assert isinstance(user.app.focused, SectionTabs)
        await user.press("right", "right", "left", "enter")
        assert user.focused_field is HOST


async def test_leaving_with_changes_asks_and_cancel_is_the_default() -> None:
    async with form() as user:
        await user.write("x")
        await user.press("escape", "escape")
        await user.until_dialog(ConfirmDialog)
        assert "Name" in user.lines()
        await user.press("enter")
        await user.expect(lambda: user.app.screen is user.form)
        await user.press("escape")
        await user.until_dialog(ConfirmDialog)
        await user.press("y")
        await user.expect(lambda: user.app.answers == [None])


async def test_leaving_an_untouched_form_does_not_ask() -> None:
    async with form() as user:
        await user.press("escape", "escape")
        await user.expect(lambda: user.app.answers == [None])


async def test_edit_saves_without_building_and_save_and_build_builds() -> None:
    client = FormClient()
    record = written(client)
    async with form(client, record) as user:
        await user.write(" 2")
        await user.press("ctrl+o")
        await user.expect(lambda: bool(user.app.answers))
        assert client.records[1].name == "torch-dev 2"
        assert client.built == []
    async with form(client, client.records[1]) as user:
        await user.press("ctrl+g")
        await user.expect(lambda: bool(user.app.answers))
        assert client.built == [1]


async def test_save_and_build_is_not_offered_for_a_new_image() -> None:
    async with form() as user:
        await user.write("x")
        assert not user.form.query_one("#form-save-and-build", Button).display
        await user.press("ctrl+g")
        assert user.app.client.records == {}


async def test_second_writer_sees_the_difference_and_goes_on_from_there() -> None:
    client = FormClient()
    record = written(client)
    async with form(client, record) as user:
        await user.write(" mine")
        resaved(client, record, description="theirs")
        await user.press("ctrl+o")
        await user.until_dialog(ConflictDialog)
        text = user.lines()
        assert "torch-dev mine" in text
        assert "theirs" in text
        await user.press("e")
        await user.expect(lambda: user.app.screen is user.form)
        assert user.form.query_one("#general TextArea", TextArea).text == "theirs"
        await user.press("ctrl+o")
        await user.expect(lambda: bool(user.app.answers))
        assert (client.records[1].name, client.records[1].description) == ("torch-dev mine", "theirs")


async def test_conflict_can_be_left_as_it_is_or_given_up() -> None:
    client = FormClient()
    record = written(client)
    async with form(client, record) as user:
        await user.write(" mine")
        resaved(client, record, name="theirs")
        await user.press("ctrl+o")
        await user.until_dialog(ConflictDialog)
        await user.press("escape")
        assert user.form.state.text(NAME) == "torch-dev mine"
        await user.press("ctrl+o")
        await user.until_dialog(ConflictDialog)
        await user.press("t")
        await user.expect(lambda: user.form.state.text(NAME) == "theirs")
        assert not user.form.state.is_dirty
        assert client.records[1].name == "theirs"


async def test_live_change_is_announced_before_the_save_runs_into_it() -> None:
    client = FormClient()
    record = written(client)
    async with form(client, record) as user:
        await user.write(" mine")
        user.app.events.publish(changed_event(resaved(client, record, description="theirs")))
        banner = user.form.query_one("#form-banner")
        await user.expect(lambda: banner.has_class("-shown"))
        banner.query_one(Button).press()
        await user.until_dialog(ConflictDialog)
        await user.press("e")
        await user.expect(lambda: not banner.has_class("-shown"))
        assert user.form.state.text(DESCRIPTION) == "theirs"


async def test_course_of_a_build_is_no_change_of_the_record() -> None:
    client = FormClient()
    record = written(client)
    async with form(client, record) as user:
        user.app.events.publish(changed_event(record))
        await user.pilot.pause(0.1)
        assert not user.form.query_one("#form-banner").has_class("-shown")


async def test_deleted_record_can_be_saved_anew() -> None:
    client = FormClient()
    record = written(client)
    async with form(client, record) as user:
        await user.write(" mine")
        del client.records[record.id]
        user.app.events.publish(ImageDeleted(id=record.id))
        await user.expect(lambda: user.form.query_one("#form-banner").has_class("-shown"))
        await user.press("ctrl+o")
        await user.expect(lambda: bool(user.app.answers))
        assert client.records[1].name == "torch-dev mine"


async def test_clone_is_prefilled_under_a_free_name() -> None:
    client = FormClient()
    record = written(client)
    written(client, name="torch-dev copy")
    async with form(client, record, clone=True) as user:
        await user.expect(lambda: user.form.state.text(NAME) == "torch-dev copy 2")
        assert not user.form.state.is_dirty
        await user.press("ctrl+o")
        await user.expect(lambda: bool(user.app.answers))
        saved = client.records[3]
        assert saved.configuration == WriteConfiguration(
            image_name="torch-dev-copy-2:latest", dockerfile="FROM debian\n"
        )


async def test_image_name_goes_back_to_auto() -> None:
    async with form() as user:
        await user.write("one")
        user.form.state.change(IMAGE_NAME, "own:1")
        user.form.show_state()
        await user.press("ctrl+r")
        assert user.form.state.text(IMAGE_NAME) == "one:latest"


async def test_advanced_block_opens_by_key_and_sums_up_when_closed() -> None:
    async with form() as user:
        await user.write("one")
        await user.press("escape", "3")
        title = user.form.query_one(DisclosureTitle)
        assert "one:latest (auto)" in str(title.content)
        title.focus()
        await user.press("enter", "tab")
        assert user.focused_field is IMAGE_NAME
        user.form.state.change(PUSH, value=True)
        user.form.show_state()
        title.focus()
        await user.press("enter")
        assert ", push" in str(title.content)


async def test_base_image_is_chosen_from_the_list_or_typed() -> None:
    async with form() as user:
        await user.press("escape", "3", "tab")
        assert user.focused_field is BASE_IMAGE
        await user.press("down", "down", "enter")
        assert user.form.state.text(BASE_IMAGE) == "ubuntu:22.04"
        assert user.focused_field is BASE_IMAGE


async def test_paste_of_several_lines_becomes_one() -> None:
    async with form() as user:
        name = user.form.query_one("#general Input", Input)
        name.post_message(events.Paste("tor\x1b[31mch\nnext"))
        await user.expect(lambda: name.value == "torch next")


async def test_markup_in_what_is_typed_is_text() -> None:
    async with form() as user:
        await user.write("[red]x[/]")
        await user.press("escape", "9")
        assert "[red]x[/]" in user.shown("#review-summary")


async def test_review_shows_the_dockerfile_of_what_was_typed_last() -> None:
    async with form() as user:
        await user.press("escape", "3", "tab", "ctrl+u")
        await user.write("debian:13")
        await user.press("escape", "9")
        text = user.form.query_one("#review-preview TextArea", TextArea)
        await user.expect(lambda: text.text.startswith("FROM debian:13"))


async def test_the_dockerfile_in_review_scrolls_with_the_keys_of_other_texts() -> None:
    async with form() as user:
        await user.press("escape", "9")
        text = user.form.query_one("#review-preview TextArea", TextArea)
        await user.expect(lambda: text.text.startswith("FROM ubuntu"))
        text.focus()
        await user.press("G")
        await user.expect(lambda: text.cursor_location == (text.document.line_count - 1, 0))
        await user.press("g")
        await user.expect(lambda: text.cursor_location == (0, 0))


async def test_wide_screen_has_the_dockerfile_beside_every_section() -> None:
    async with form(size=WIDE) as user:
        side = user.form.query_one("#form-side", DockerfilePreview)
        await user.expect(lambda: side.query_one(TextArea).text.startswith("FROM ubuntu:24.04"))
        await user.press("escape", "3", "tab", "ctrl+u")
        await user.write("Bad")
        await user.expect(lambda: "Base image" in user.shown("#form-side .preview-problems"))


async def test_a_build_that_ends_meanwhile_makes_the_preview_new() -> None:
    client = FormClient()
    record = written(client)
    async with form(client, record) as user:
        await user.press("escape", "9")
        await user.expect(lambda: len(client.previews) == 1)
        ended = running_build(BuildState.FINISHED).model_copy(update={"image_id": record.id})
        user.app.events.publish(BuildChanged(build=ended.model_copy(update={"state": BuildState.RUNNING})))
        user.app.events.publish(BuildChanged(build=ended.model_copy(update={"image_id": record.id + 1})))
        user.app.events.publish(BuildChanged(build=ended))
        await user.expect(lambda: len(client.previews) == 2)


async def test_preview_is_not_asked_for_while_it_is_out_of_sight() -> None:
    client = FormClient()
    async with form(client) as user:
        await user.write("torch")
        await user.pilot.pause(0.5)
        assert client.previews == []


async def test_editor_text_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FormClient()
    record = written(client)
    monkeypatch.setattr("trailer_tui.app.screens.image_form.edit_text", lambda text, **_: text + "RUN true\n")
    async with form(client, record) as user:
        await user.press("escape", "3", "tab")
        assert user.focused_field is DOCKERFILE
        await user.press("ctrl+e")
        assert user.form.query_one("#mode-write TextArea", TextArea).text == "FROM debian\nRUN true\n"


async def test_editor_that_fails_is_said_and_the_text_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FormClient()
    monkeypatch.setenv("EDITOR", "no-such-editor")
    async with form(client, written(client)) as user:
        await user.press("escape", "3", "tab", "ctrl+e")
        await user.until_dialog(ErrorDialog)
        assert user.form.state.text(DOCKERFILE) == "FROM debian\n"


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_focus_stays_in_sight_through_the_whole_form(size: tuple[int, int]) -> None:
    client = FormClient()
    async with form(client, written(client), size=size) as user:
        await user.press("escape")
        for section in ("1", "2", "3", "4"):
            await user.press(section)
            if section == "3":
                user.form.query_one(DisclosureTitle).focus()
                await user.press("enter")
                user.form.deck.focus_first()
            for _ in range(10):
                focused = user.app.focused
                assert focused is not None
                assert focused.is_on_screen, f"{focused} in section {section}"
                await user.press("tab")
            user.form.query_one(SectionTabs).focus()


async def test_what_was_typed_survives_a_repaint_that_comes_before_the_form_knows_it() -> None:
    async with form() as user:
        control = user.form.deck.sections["general"].query_one(Input)
        control.value = "torch"
        user.form.show_state()
        assert control.value == "torch"
        await user.expect(lambda: user.form.state.text(NAME) == "torch")
        user.form.state.prefill(NAME, "torch copy")
        user.form.show_state()
        assert control.value == "torch copy"
