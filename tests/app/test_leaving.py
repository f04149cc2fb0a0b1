"""Screens and dialogs leave once, and never in place of another one."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Input, Static

from tests.app.driving import running_app
from tests.app.server_stand_in import ServerStandIn, image_row
from trailer_tui.app.dialogs.choice import ChoiceDialog
from trailer_tui.app.dialogs.error import ErrorDialog
from trailer_tui.app.palette import Palette
from trailer_tui.app.screens.images import ImagesScreen
from trailer_tui.app.screens.leaving import LeavesOnce
from trailer_tui.model.errors import TrailerError


class Page(LeavesOnce[str]):
    """Something that the user would not like to lose."""

    def compose(self) -> ComposeResult:
        yield Static("what was typed")


def one_image() -> ServerStandIn:
    return ServerStandIn([image_row(1)])


async def test_a_second_answer_to_a_dialog_leaves_the_page_below_alone() -> None:
    async with running_app(one_image()) as driven:
        answers: list[str | None] = []
        await driven.app.push_screen(Page())
        dialog = ChoiceDialog("Which", [("a", "one"), ("b", "two")])
        await driven.app.push_screen(dialog, answers.append)
        dialog.dismiss("a")
        dialog.dismiss("b")
        await driven.expect_shown("what was typed")
        await driven.expect(lambda: answers == ["a"])
        assert isinstance(driven.app.screen, Page)


async def test_a_page_that_leaves_below_a_dialog_waits_until_that_is_read() -> None:
    async with running_app(one_image()) as driven:
        page = Page()
        await driven.app.push_screen(page)
        await driven.app.push_screen(ErrorDialog(TrailerError("read me")))
        page.dismiss("done")
        await driven.expect_shown("read me")
        await driven.press("escape")
        await driven.expect(lambda: driven.cursor_line)
        assert isinstance(driven.app.screen, ImagesScreen)


async def test_two_enters_in_the_palette_run_one_command_and_keep_the_page_below() -> None:
    async with running_app(one_image()) as driven:
        await driven.app.push_screen(Page())
        await driven.press("ctrl+p")
        await driven.expect(lambda: isinstance(driven.app.screen, Palette))
        await driven.type("trailer-light")
        await driven.expect_shown("Theme: trailer-light")
        line = driven.app.screen.query_one(Input)
        for _ in range(4):
            line.post_message(Input.Submitted(line, line.value))
        await driven.expect(lambda: driven.app.theme == "trailer-light")
        assert isinstance(driven.app.screen, Page)
