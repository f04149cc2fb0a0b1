"""What is done to images from a list: one at once, many after a question, what cannot be undone always after one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from textual.app import App

from trailer_tui.app.builds.cancelling import cancel_after_asking
from trailer_tui.app.builds.pushing import push_after_asking
from trailer_tui.app.session import Session
from trailer_tui.model.actions import ImageAction, refusal_for
from trailer_tui.model.errors import NotApplicable, TrailerError
from trailer_tui.model.rows import ImageRow
from trailer_tui.model.status import ImageStatus
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.app.dialogs.confirm import ConfirmDialog, ConfirmResult
    from trailer_tui.model.image import BatchOutcome

MAX_LISTED = 8
"""Names that a confirmation lists before it only counts."""

_QUESTIONS = {
    ImageAction.BUILD: "Build {count}?",
    ImageAction.CANCEL: "Cancel the builds of {count}?",
    ImageAction.PUSH: "Push {count} again, without building?",
    ImageAction.RESOLVE_AGAIN: "Build {count} with the newest packages that fit?",
    ImageAction.ENABLE: "Enable {count}?",
    ImageAction.DISABLE: "Disable {count}?",
    ImageAction.DELETE: "Delete {count}?",
}

_RESULTS = {
    ImageAction.BUILD: "Queued a build of {what}",
    ImageAction.CANCEL: "Cancelled the build of {what}",
    ImageAction.PUSH: "Queued a push of {what}",
    ImageAction.RESOLVE_AGAIN: "Queued a build of {what} that resolves its packages again",
    ImageAction.ENABLE: "Enabled {what}",
    ImageAction.DISABLE: "Disabled {what}",
    ImageAction.DELETE: "Deleted {what}",
}


class Owner(Protocol):
    """The screen that acts."""

    @property
    def app(self) -> App[Any]:
        """The app, for dialogs and toasts."""

    def call_server(self, call: Callable[[], Awaitable[None]], *, group: str, exclusive: bool = False) -> None:
        """Run a call in the background and show its errors."""

    def show_error(self, error: TrailerError) -> None:
        """Tell the user."""

    def row_changed(self, row: ImageRow) -> None:
        """The server answered with the row as it is now."""

    def batch_done(self) -> None:
        """A batch went through."""


class ImageActions:
    """Questions, calls and results of the actions on images."""

    def __init__(self, session: Session, owner: Owner, *, templates: bool = False) -> None:
        self._session = session
        self._owner = owner
        self._templates = templates

    def act_on_one(self, action: ImageAction, row: ImageRow) -> None:
        """Act on one image: at once, but ask before a deletion, a push, and the cancel of a running build."""
        reason = refusal_for(action, row)
        if reason is not None:
            self._owner.show_error(NotApplicable(f"{row.name}: {reason}"))
        elif action is ImageAction.DELETE:
            self._ask_to_delete(row)
        elif action is ImageAction.CANCEL:
            is_running = row.status is not ImageStatus.BUILD_PENDING
            cancel = partial(self._act_now, action, row)
            cancel_after_asking(self._owner.app, row.name, row.host_name, cancel, is_running=is_running)
        elif action is ImageAction.PUSH:
            push_after_asking(self._owner.app, row.image_name, row.host_name, partial(self._act_now, action, row))
        else:
            self._act_now(action, row)

    def act_on_many(self, action: ImageAction, ids: Sequence[int]) -> None:
        """Ask what a batch would do, then the user, then do it."""
        self._owner.call_server(partial(self._plan, action, ids), group="batch", exclusive=True)

    def choose_enabled(self, ids: Sequence[int]) -> None:
        """Many images: enable or disable?"""
        from trailer_tui.app.dialogs.choice import ChoiceDialog

        choices = [(action.value, f"{action.label} {self._records(len(ids))}") for action in _SWITCHES]

        def chosen(key: str | None) -> None:
            if key is not None:
                self.act_on_many(ImageAction(key), ids)

        self._owner.app.push_screen(ChoiceDialog("Enable or disable", choices), chosen)

    def _act_now(self, action: ImageAction, row: ImageRow) -> None:
        self._owner.call_server(partial(self._act, action, row), group=f"act-{row.id}")

    async def _act(self, action: ImageAction, row: ImageRow) -> None:
        self._owner.row_changed(await self._session.client.act(row.id, action))
        self._tell(action, row.name)

    def _ask_to_delete(self, row: ImageRow) -> None:
        def answered(result: ConfirmResult | None) -> None:
            if result is not None:
                self._owner.call_server(partial(self._delete, row, remove=result.checked), group=f"act-{row.id}")

        self._owner.app.push_screen(delete_dialog(row), answered)

    async def _delete(self, row: ImageRow, *, remove: bool) -> None:
        await self._session.client.delete_image(row.id, remove_docker_image=remove)
        self._tell(ImageAction.DELETE, row.name)

    async def _plan(self, action: ImageAction, ids: Sequence[int]) -> None:
        plan = await self._session.client.batch(action, ids, plan=True)
        if not plan.done:
            reasons = "\n".join(skipped_lines(plan))
            self._owner.show_error(NotApplicable(f"{action.label} applies to none of the marked records\n{reasons}"))
            return

        def answered(result: ConfirmResult | None) -> None:
            if result is not None:
                self._owner.call_server(partial(self._batch, action, ids, remove=result.checked), group="batch")

        self._owner.app.push_screen(batch_dialog(action, plan, templates=self._templates), answered)

    async def _batch(self, action: ImageAction, ids: Sequence[int], *, remove: bool) -> None:
        outcome = await self._session.client.batch(action, ids, remove_docker_image=remove)
        skipped = f"; skipped {len(outcome.skipped)}" if outcome.skipped else ""
        self._owner.batch_done()
        self._tell(action, self._records(len(outcome.done)) + skipped)

    def _records(self, count: int) -> str:
        return _records(count, templates=self._templates)

    def _tell(self, action: ImageAction, what: str) -> None:
        self._owner.app.notify(_RESULTS[action].format(what=printable(what)), timeout=3, markup=False)


_SWITCHES = (ImageAction.ENABLE, ImageAction.DISABLE)


def delete_dialog(row: ImageRow) -> ConfirmDialog:
    """Asks before one record goes."""
    from trailer_tui.app.dialogs.confirm import ConfirmDialog

    if row.is_template:
        lines = ["The template will be gone; images that were made from it stay.", f"Image name: {row.image_name}"]
        return ConfirmDialog(f"Delete {row.name}?", lines, confirm_label="Delete")
    count = row.last_build_number or 0
    builds = {0: "", 1: ", its build and its log"}.get(count, f", its {count:,} builds and their logs")
    return ConfirmDialog(
        f"Delete {row.name}?",
        [f"The record{builds} will be gone.", f"Image name: {row.image_name}", f"Host: {row.host_name}"],
        confirm_label="Delete",
        checkbox="Remove the Docker image from the host too",
    )


def batch_dialog(action: ImageAction, plan: BatchOutcome, *, templates: bool = False) -> ConfirmDialog:
    """Lists what a batch does to images, or to templates, and what it skips and why."""
    from trailer_tui.app.dialogs.confirm import ConfirmDialog

    is_delete = action is ImageAction.DELETE
    listed = [f"• {name}" for name in plan.names[:MAX_LISTED]]
    if len(plan.names) > MAX_LISTED:
        listed.append(f"• and {len(plan.names) - MAX_LISTED:,} more")
    skipped = ["", f"Skipped: {len(plan.skipped):,}", *skipped_lines(plan)] if plan.skipped else []
    return ConfirmDialog(
        _QUESTIONS[action].format(count=_records(len(plan.done), templates=templates)),
        [*listed, *skipped],
        confirm_label="Cancel builds" if action is ImageAction.CANCEL else action.label,
        refuse_label="Keep them" if action is ImageAction.CANCEL else "Cancel",
        danger=is_delete or action is ImageAction.CANCEL,
        checkbox="Remove the Docker images from their hosts too" if is_delete and not templates else None,
    )


def skipped_lines(plan: BatchOutcome) -> list[str]:
    """The skipped records with their reasons, cut to what can be read."""
    lines = [f"• {skip.name}: {skip.reason}" for skip in plan.skipped[:MAX_LISTED]]
    if len(plan.skipped) > MAX_LISTED:
        lines.append(f"• and {len(plan.skipped) - MAX_LISTED:,} more")
    return lines


def _records(count: int, *, templates: bool) -> str:
    thing = "template" if templates else "image"
    return f"1 {thing}" if count == 1 else f"{count:,} {thing}s"
