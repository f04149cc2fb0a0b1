"""Keys that arrive together act one after another, as if they had been pressed slowly."""

from __future__ import annotations

from textual.events import Key

from tests.app.driving import Driven, running_app
from tests.app.server_stand_in import ServerStandIn, image_row, local_host
from trailer_tui.app.driver import KeyParser
from trailer_tui.app.form.fields import NAME
from trailer_tui.app.form.host_state import ADDRESS, BUILDER, HOST_NAME, PARALLEL
from trailer_tui.app.screens.host_form import HostForm
from trailer_tui.app.screens.image_form import ImageForm
from trailer_tui.app.widgets.dockerfile_editor import DockerfileEditor
from trailer_tui.model.events import HostChanged


def in_one_packet(driven: Driven, *keys: str) -> None:
    """Keys as the terminal's driver posts them when one read brings them all."""
    for key in keys:
        driven.app.post_message(Key(key, key if len(key) == 1 else {"space": " "}.get(key)))


async def test_text_typed_after_the_key_that_opens_the_form_lands_in_the_form() -> None:
    server = ServerStandIn([image_row(1)])
    async with running_app(server) as driven:
        in_one_packet(driven, "n", *"echo")
        await driven.expect(lambda: isinstance(driven.app.screen, ImageForm) and "echo" in driven.text)
        assert not [call for call, _ in server.calls if call == "act"]


async def test_a_cursor_key_moves_before_the_letter_after_it() -> None:
    async with running_app(ServerStandIn()) as driven:
        in_one_packet(driven, "slash", *"bc", "home", "a")
        await driven.expect(lambda: "/ abc" in driven.text)
        assert "/ bca" not in driven.text


async def test_a_burst_of_text_arrives_whole_and_in_order_whatever_happens_meanwhile() -> None:
    server = ServerStandIn([image_row(1)])
    text = "the quick brown fox jumps over the lazy dog " * 4
    async with running_app(server) as driven:
        await driven.press("n")
        for word in text.split(" "):
            in_one_packet(driven, *word, *(["space"] if word else []))
            server.emit(HostChanged(host=local_host(running=len(word))))
        form = driven.app.screen
        assert isinstance(form, ImageForm)
        await driven.expect(lambda: form.state.text(NAME) == text)
        assert not [call for call, _ in server.calls if call == "act"]


async def test_a_key_that_leaves_the_field_ends_the_burst() -> None:
    async with running_app(ServerStandIn()) as driven:
        await driven.press("5", "n")
        await driven.expect_shown("New host")
        in_one_packet(driven, *"build-07", "tab", *"unix:///run/x.sock", "tab", "right", "tab", "backspace", *"12")
        form = driven.app.screen
        assert isinstance(form, HostForm)
        await driven.expect(lambda: form.state.text(PARALLEL) == "12")
        assert form.state.text(HOST_NAME) == "build-07"
        assert form.state.text(ADDRESS) == "unix:///run/x.sock"
        assert form.state.text(BUILDER) == "buildkit"


async def test_keys_of_one_packet_edit_a_dockerfile_in_their_order() -> None:
    async with running_app(ServerStandIn()) as driven:
        await driven.press("n")
        await driven.press("ctrl+n", "ctrl+n", "right", "right", "tab")
        in_one_packet(driven, *"FROM", "end", "x", "home", "y", "right", "z", "backspace", "w")
        await driven.expect(lambda: driven.app.screen.query_one(DockerfileEditor).text == "yFwROMx")


def test_escape_and_a_number_in_one_read_are_two_keys() -> None:
    keys = [event.key for event in KeyParser().feed("\x1b4\x1b[Ax") if isinstance(event, Key)]
    assert keys == ["escape", "4", "up", "x"]
