"""The Images area as a user sees it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.app.driving import running_app
from tests.app.server_stand_in import NOW, ServerStandIn, image_row
from trailer_tui.app.dialogs.confirm import ConfirmDialog
from trailer_tui.app.dialogs.error import ErrorDialog
from trailer_tui.app.screens.images import ImagesScreen
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.errors import EngineError, NotApplicable
from trailer_tui.model.rows import ImageQuery
from trailer_tui.model.status import ImageStatus


def some_images(count: int) -> ServerStandIn:
    return ServerStandIn(image_row(number) for number in range(1, count + 1))


async def test_a_row_shows_every_column_at_120() -> None:
    row = image_row(1, "torch-dev", image_name="registry.lan/ml/torch:1", status=ImageStatus.BUILDING, enabled=False)
    server = ServerStandIn([replace(row, status_detail="5/12", pulled=True, updated_at=NOW - 12)])
    async with running_app(server, size=(120, 24)) as driven:
        line = driven.cursor_line
        for cell in ("torch-dev", "◐ Building 5/12", "registry.lan/ml/torch:1", "build-01", " no ", " yes "):
            assert cell in line
        assert "12 s ago" in line
        assert "ada" in driven.text


async def test_host_and_pulled_fold_away_at_80() -> None:
    async with running_app(some_images(3)) as driven:
        header = driven.lines[2]
        assert "Name" in header
        assert "Updated ↓" in header
        assert "Host" not in header
        assert "Pulled" not in header


async def test_foreign_text_is_shown_literally() -> None:
    server = ServerStandIn([image_row(1, "a[red]b\x1b[2Jc", image_name="x/y:1")])
    async with running_app(server, size=(120, 24)) as driven:
        assert "a[red]b␛[2Jc" in driven.cursor_line


async def test_no_images_yet_says_how_to_begin() -> None:
    async with running_app(ServerStandIn()) as driven:
        await driven.expect_shown("Press n to create one.")
        assert "b Build" not in driven.lines[-1]


async def test_search_as_you_type_and_escape() -> None:
    async with running_app(some_images(30)) as driven:
        await driven.press("slash")
        await driven.type("image-02")
        await driven.expect_shown("10 of 30")
        await driven.type("9")
        await driven.expect_shown("1 of 30")
        await driven.press("enter")
        assert "image-029" in driven.cursor_line
        await driven.press("escape")
        await driven.expect_shown("30 of 30")
        assert "image-029" in driven.cursor_line


async def test_nothing_matches() -> None:
    async with running_app(some_images(3)) as driven:
        await driven.press("slash", "q", "q")
        await driven.expect_shown("Nothing matches “qq”")
        assert "0 of 3" in driven.text


async def test_an_older_answer_never_replaces_a_newer_one() -> None:
    server = some_images(12)
    gate = asyncio.Event()
    server.order_gate = lambda query: gate if query.text == "image-00" else None
    async with running_app(server) as driven:
        await driven.press("slash")
        await driven.type("image-01")
        await driven.expect_shown("3 of 12")
        gate.set()
        await driven.press("enter")
        assert "3 of 12" in driven.text


async def test_the_cursor_stays_on_its_record_through_sort_reverse_and_filter() -> None:
    async with running_app(some_images(40)) as driven:
        await driven.press(*["down"] * 7)
        assert "image-008" in driven.cursor_line
        await driven.press("O")
        await driven.expect_shown("Updated ↑")
        await driven.expect(lambda: "image-008" in driven.cursor_line)
        await driven.press("slash")
        await driven.type("8")
        await driven.expect(lambda: "image-008" in driven.cursor_line)


async def test_a_record_that_is_filtered_out_is_selected_again_when_it_is_back() -> None:
    async with running_app(some_images(40)) as driven:
        await driven.press(*["down"] * 20)
        await driven.press("slash")
        await driven.type("001")
        await driven.expect_shown("1 of 40")
        await driven.press("escape")
        await driven.expect_shown("40 of 40")
        await driven.expect(lambda: "image-021" in driven.cursor_line)


async def test_live_changes_alter_cells_in_place() -> None:
    server = some_images(40)
    async with running_app(server) as driven:
        await driven.press("down", "down")
        server.change(replace(server.rows[5], status=ImageStatus.ERROR), reordered=False)
        await driven.expect_shown("✖ Error")
        assert "image-003" in driven.cursor_line
        assert "image-005" in next(line for line in driven.lines if "✖ Error" in line)


async def test_a_record_made_elsewhere_appears_and_the_cursor_stays() -> None:
    server = some_images(5)
    async with running_app(server) as driven:
        await driven.press("down")
        server.change(image_row(99, "fresh", updated_at=NOW), created=True)
        await driven.expect_shown("6 of 6")
        assert "fresh" in driven.text
        assert "image-002" in driven.cursor_line


async def test_a_record_deleted_elsewhere_hands_the_cursor_to_the_next() -> None:
    server = some_images(5)
    async with running_app(server) as driven:
        await driven.press("down")
        server.delete(2)
        await driven.expect_shown("4 of 4")
        assert "image-003" in driven.cursor_line


async def test_single_actions_run_at_once_and_the_footer_follows() -> None:
    server = some_images(2)
    async with running_app(server) as driven:
        assert "b Build" in driven.lines[-1]
        assert "c Cancel" not in driven.lines[-1]
        await driven.press("b")
        await driven.expect_shown("· Build pending")
        await driven.expect(lambda: "c Cancel" in driven.lines[-1])
        assert "b Build" not in driven.lines[-1]
        assert ("act", (1, ImageAction.BUILD)) in server.calls
        await driven.press("e")
        await driven.expect(lambda: "e Enable" in driven.lines[-1])


async def test_deletion_asks_and_keeps_the_docker_image_unless_told() -> None:
    server = some_images(2)
    async with running_app(server) as driven:
        await driven.press("d")
        await driven.expect(lambda: isinstance(driven.app.screen, ConfirmDialog))
        assert "Delete image-001?" in driven.text
        assert driven.app.focused is not None
        assert driven.app.focused.id == "confirm-refuse"
        await driven.press("enter")
        await driven.expect(lambda: isinstance(driven.app.screen, ImagesScreen))
        assert 1 in server.rows
        await driven.press("d")
        await driven.expect(lambda: isinstance(driven.app.screen, ConfirmDialog))
        await driven.press("y")
        await driven.expect_shown("1 of 1")
        assert ("delete", (1, False)) in server.calls


async def test_the_docker_image_goes_too_when_ticked() -> None:
    server = some_images(1)
    async with running_app(server) as driven:
        await driven.press("d")
        await driven.expect_shown("[ ]")
        await driven.press("x")
        await driven.expect_shown("[x]")
        await driven.press("y")
        await driven.expect(lambda: ("delete", (1, True)) in server.calls)


async def test_deletion_is_refused_while_building_with_the_reason() -> None:
    server = ServerStandIn([image_row(1, status=ImageStatus.BUILDING)])
    async with running_app(server) as driven:
        await driven.press("d")
        await driven.expect_shown("image-001: its build is queued or running")
        assert isinstance(driven.app.screen, ImagesScreen)


async def test_a_batch_lists_what_it_skips() -> None:
    server = some_images(4)
    server.rows[2] = replace(server.rows[2], status=ImageStatus.BUILDING)
    async with running_app(server) as driven:
        await driven.press("asterisk")
        await driven.expect_shown("4 marked")
        await driven.press("b")
        await driven.expect(lambda: isinstance(driven.app.screen, ConfirmDialog))
        assert "Build 3 images?" in driven.text
        assert "image-002: already building" in driven.text
        await driven.press("y")
        await driven.expect(lambda: isinstance(driven.app.screen, ImagesScreen) and "marked" not in driven.lines[1])
        assert ("batch", (ImageAction.BUILD, (1, 2, 3, 4), False)) in server.calls


async def test_a_batch_that_applies_to_nothing_says_why() -> None:
    server = ServerStandIn([image_row(1, enabled=True), image_row(2, enabled=True)])
    async with running_app(server) as driven:
        await driven.press("space", "space", "c")
        await driven.expect_shown("no build is queued or running")
        assert isinstance(driven.app.screen, ImagesScreen)


async def test_a_running_build_is_cancelled_after_a_question_only() -> None:
    server = ServerStandIn([image_row(1, status=ImageStatus.BUILDING)])
    async with running_app(server) as driven:
        await driven.press("c")
        await driven.expect_shown("Cancel the build of image-001?")
        await driven.press("enter")
        await driven.expect(lambda: isinstance(driven.app.screen, ImagesScreen))
        assert ("act", (1, ImageAction.CANCEL)) not in server.calls
        await driven.press("c")
        await driven.expect_shown("Cancel the build of image-001?")
        await driven.press("y")
        await driven.expect_shown("Cancelled the build of image-001")
        assert ("act", (1, ImageAction.CANCEL)) in server.calls


async def test_a_push_names_the_registry_and_asks() -> None:
    server = ServerStandIn([image_row(1, image_name="torch:latest", pushable=True)])
    async with running_app(server) as driven:
        await driven.press("p")
        await driven.expect_shown("Push torch:latest?")
        assert "Docker Hub (docker.io), because" in driven.text
        await driven.press("escape")
        assert ("act", (1, ImageAction.PUSH)) not in server.calls
        await driven.press("p")
        await driven.expect_shown("Push torch:latest?")
        await driven.press("y")
        await driven.expect_shown("Queued a push of image-001")


async def test_a_queued_build_is_cancelled_at_once() -> None:
    server = ServerStandIn([image_row(1, status=ImageStatus.BUILD_PENDING)])
    async with running_app(server) as driven:
        await driven.press("c")
        await driven.expect_shown("Cancelled the build of image-001")


async def test_escape_clears_one_thing_at_a_time() -> None:
    async with running_app(some_images(12)) as driven:
        await driven.press("slash")
        await driven.type("image-01")
        await driven.expect_shown("3 of 12")
        await driven.press("enter", "space")
        await driven.expect_shown("1 marked")
        await driven.press("escape")
        await driven.expect(lambda: "marked" not in driven.text)
        assert "3 of 12" in driven.text
        await driven.press("escape")
        await driven.expect_shown("12 of 12")


async def test_status_filter_and_its_empty_state() -> None:
    async with running_app(some_images(3)) as driven:
        await driven.press("s")
        await driven.expect_shown("Show status")
        await driven.press("up", "enter")
        await driven.expect_shown("No image has the status Error")
        assert "status: Error ▾" in driven.text
        await driven.press("escape")
        await driven.expect_shown("3 of 3")


@pytest.mark.parametrize("title", ["Name", "Status", "Image name", "Enabled", "Updated"])
async def test_a_click_on_a_title_sorts_both_ways(title: str) -> None:
    async with running_app(some_images(3)) as driven:
        x = driven.lines[2].index(title)
        await driven.click("TableHeader", x)
        await driven.expect(lambda: f"{title} ↓" in driven.lines[2] or f"{title} ↑" in driven.lines[2])
        first = driven.lines[2]
        await driven.click("TableHeader", x)
        await driven.expect(lambda: driven.lines[2] != first and title in driven.lines[2])
        assert ("↓" in first) != ("↓" in driven.lines[2])


async def test_an_engine_error_is_a_dialog_and_a_refusal_a_toast() -> None:
    server = some_images(1)
    async with running_app(server) as driven:
        server.failure = EngineError("no [bold]space[/bold] left", hint="prune")
        await driven.press("b")
        await driven.expect(lambda: isinstance(driven.app.screen, ErrorDialog))
        assert "no [bold]space[/bold] left" in driven.text
        assert "→ prune" in driven.text
        await driven.press("escape")
        server.failure = NotApplicable("already [queued]")
        await driven.press("b")
        await driven.expect_shown("already [queued]")
        assert isinstance(driven.app.screen, ImagesScreen)


async def test_the_ends_of_a_long_list() -> None:
    server = some_images(5000)
    async with running_app(server) as driven:
        await driven.press("G")
        await driven.expect(lambda: "image-5000" in driven.cursor_line)
        await driven.press("pageup", "ctrl+u", "k")
        await driven.press("g")
        await driven.expect(lambda: "image-001" in driven.cursor_line)
        await driven.press("ctrl+d", "pagedown")
        assert "image-031" in driven.cursor_line


@pytest.mark.parametrize("size", [(1, 1), (10, 3), (40, 8), (79, 20), (100, 30), (250, 70)])
async def test_any_size_works(size: tuple[int, int]) -> None:
    async with running_app(some_images(50)) as driven:
        await driven.resize(*size)
        await driven.press("down", "G", "g", "slash", "x", "escape")
        await driven.resize(80, 24)
        await driven.expect_shown("50 of 50")
        await driven.expect(lambda: "image-001" in driven.cursor_line)


async def test_the_first_list_has_no_query_but_the_newest_first() -> None:
    asked: list[ImageQuery] = []

    def note(query: ImageQuery) -> None:
        asked.append(query)

    server = some_images(2)
    server.order_gate = note
    async with running_app(server):
        assert asked[0] == ImageQuery()


async def test_a_detail_that_does_not_fit_is_told_on_the_second_line() -> None:
    waiting = image_row(1, status=ImageStatus.BUILD_PENDING, status_detail="build-02 does not answer since 09:12")
    edited = image_row(2, changed_since_build=True, last_build_number=14)
    async with running_app(ServerStandIn([waiting, edited]), size=(120, 24)) as driven:
        await driven.expect_shown("build-02 does not answer since 09:12")
        assert "· Build pending  " in driven.cursor_line
        assert "changed since build 14" in driven.text
