"""The screen that makes, edits and clones an image."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult, SuspendNotSupported
from textual.containers import Horizontal
from textual.widgets import Button, Input, Static, TextArea

from trailer_tui.app.actions import bindings
from trailer_tui.app.dialogs.choice import ChoiceDialog
from trailer_tui.app.dialogs.confirm import ConfirmDialog
from trailer_tui.app.dialogs.error import ErrorDialog
from trailer_tui.app.editor import EditorFailed, edit_text
from trailer_tui.app.form.copy_name import free_name
from trailer_tui.app.form.differences import differences
from trailer_tui.app.form.draft_state import DraftState
from trailer_tui.app.form.fields import BASE_IMAGE, BUILT_MODES, DOCKERFILE, HOST, MODE, NAME, VIRTUAL_DESKTOP, Mode
from trailer_tui.app.form.places import field_named
from trailer_tui.app.form.problems import labelled
from trailer_tui.app.form.saving_words import form_title, offers
from trailer_tui.app.form.submission import Conflicting, Failed, Gone, Refused, Saved, submit
from trailer_tui.app.screens.form_screen import FormScreen
from trailer_tui.app.screens.section_keys import SectionKeys
from trailer_tui.app.widgets.action_footer import ActionFooter
from trailer_tui.app.widgets.form.build_host import BuildHostSection
from trailer_tui.app.widgets.form.conflict_dialog import ConflictDialog
from trailer_tui.app.widgets.form.files import FilesSection
from trailer_tui.app.widgets.form.form_field import FormField
from trailer_tui.app.widgets.form.image import ImageSection
from trailer_tui.app.widgets.form.record_watch import RecordWatch
from trailer_tui.app.widgets.form.review import ReviewSection
from trailer_tui.app.widgets.form.section_deck import SectionDeck
from trailer_tui.app.widgets.form.service_feed import ServiceFeed
from trailer_tui.app.widgets.form.services import ServicesSection
from trailer_tui.app.widgets.put_text import put_text
from trailer_tui.humanize import ago
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.image import ImageRecord
from trailer_tui.model.status import HostState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trailer_tui.app.session import Session
    from trailer_tui.model.events import Event
    from trailer_tui.model.host import Host

_READINESS = (HostState.ONLINE, HostState.UNKNOWN, HostState.OFFLINE, HostState.DISABLED)

_SAVE_BUTTONS = {
    "#form-save": "save",
    "#form-save-and-build": "save_and_build",
    "#form-save-as-template": "save_as_template",
}

_MOST_ERRORS = 8
"""Errors of a Dockerfile listed in the question whether to save it."""


class ImageForm(SectionKeys, FormScreen[ImageRecord | None]):
    """Makes a new image, edits one, or starts a new one from a copy. Answers with the stored record, or None."""

    BINDINGS = bindings("form")
    AUTO_FOCUS = ""
    state: DraftState
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (150, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (36, "-tall")]

    def __init__(
        self,
        session: Session,
        *,
        record: ImageRecord | None = None,
        clone: bool = False,
        as_template: bool = False,
    ) -> None:
        """
        Args:
            session: the connection.
            record: the image or template to edit, or with `clone` to start from; None starts empty.
            clone: make a new image that starts as a copy of `record`, or as the template says.
            as_template: what is made is a template.
        """
        super().__init__(session)
        self.state = DraftState(record, clone=clone, as_template=as_template)
        self._original = record if record is not None and clone else None
        self.services = ServiceFeed(self, session, self.state, self.show_state)

    def compose(self) -> ComposeResult:
        yield Static("", id="form-title", markup=False)
        yield RecordWatch(self.session, self.state, id="form-banner")
        yield SectionDeck(self.session, self.state, id="form-deck")
        with Horizontal(id="form-buttons"):
            yield Button("Save", id="form-save", variant="primary", compact=True)
            yield Button("Save and build", id="form-save-and-build", compact=True)
            yield Button("Save as template", id="form-save-as-template", compact=True)
            yield Button("Cancel", id="form-cancel", compact=True)
            yield Static("", id="form-status", markup=False)
        yield ActionFooter()

    def on_mount(self) -> None:
        """Read what the form needs, and listen."""
        self.session.events.subscribe(self, self.apply_event)
        self.query_one(ServicesSection).prefilling = self.services.prefilling
        self.query_one(ImageSection).prefill_reasons = self.services.prefilling.reasons
        self.show_state()
        self.deck.focus_first()
        self.action_read_hosts()
        if self._original is not None:
            self.call_server(self._find_free_name, group="form-name")

    def show_state(self, *, only_open: bool = False) -> None:
        """Bring everything on the screen in line with the state; with `only_open` hidden sections wait to be opened."""
        host = self.query_one(BuildHostSection).chosen_host()
        self.query_one(ImageSection).host = self.query_one(ReviewSection).host = host
        self.query_one(FilesSection).host = host
        self.query_one(ServicesSection).error = self.services.error
        self.deck.show_state(only_open=only_open)
        changed = "  · unsaved changes" if self.state.is_dirty else ""
        put_text(self.query_one("#form-title", Static), f"{form_title(self.state, self._original)}{changed}")
        for button_id, action in _SAVE_BUTTONS.items():
            button = self.query_one(button_id, Button)
            button.display = offers(self.state, action)
            button.disabled = self._is_saving or bool(self._why_wait)
        self._show_status()
        self.refresh_bindings()

    @property
    def _why_wait(self) -> str:
        """Why nothing can be saved right now; empty when it can."""
        return "Save waits for what the services imply …" if self.services.prefilling.is_waiting else ""

    def _show_status(self) -> None:
        problems = len(self.state.shown_problems())
        words = "Save queues its build" if self.state.record is None and not self.state.is_template else ""
        if self._is_saving:
            words = "Saving …"
        elif self._why_wait:
            words = self._why_wait
        elif problems:
            words = f"! {problems} problem{'' if problems == 1 else 's'}: ctrl+t goes to the next"
        status = self.query_one("#form-status", Static)
        put_text(status, words)
        status.set_class(bool(problems) and not self._is_saving, "-problem")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what applies to the state and the focus."""
        match action:
            case "save" | "save_and_build" | "save_as_template":
                may_save = not self._is_saving and not self._why_wait
                return (may_save or None) if offers(self.state, action) else False
            case "edit_outside":
                at_text = isinstance(self.focused, TextArea) or not isinstance(self.focused, Input)
                return self.state.mode is Mode.WRITE and self.deck.open_section.SECTION_ID == "image" and at_text
            case "automatic_name":
                return self.state.mode in BUILT_MODES and not self.state.image_name_is_automatic
            case "next_problem":
                return bool(self.state.shown_problems())
        return True

    # Edits

    @on(FormField.Edited)
    def take_edit(self, event: FormField.Edited) -> None:
        """Take what was typed or chosen."""
        if self.state.change(event.field, event.take()):
            self.show_state(only_open=event.field not in (HOST, MODE))
            self.services.ask()
        elif event.field is VIRTUAL_DESKTOP:
            self.deck.open_section.show_state()  # it stays on while an application needs it

    @on(ServicesSection.BaseWanted)
    def take_base(self, event: ServicesSection.BaseWanted) -> None:
        """Let the base image follow the desktop."""
        self.state.follow_prefill(BASE_IMAGE)
        self.state.take_prefill({BASE_IMAGE.path: event.reference})
        self.services.prefilling.reasons[BASE_IMAGE.path] = event.reason
        self.show_state()

    @on(FormField.Left)
    def note_left_field(self, event: FormField.Left) -> None:
        """A field that was left may show its problem."""
        self.state.leave(event.field)

    @on(Button.Pressed, "#automatic-name")
    def action_automatic_name(self) -> None:
        """Let the image name follow the name again."""
        self.state.make_image_name_automatic()
        self.show_state()

    def action_edit_outside(self) -> None:
        """Edit the Dockerfile in the user's editor."""
        try:
            text = edit_text(self.state.text(DOCKERFILE), filename="Dockerfile", suspend=self._step_aside)
        except EditorFailed as error:
            self.app.push_screen(ErrorDialog(error))
            return
        if self.state.change(DOCKERFILE, text):
            self.show_state()

    @contextmanager
    def _step_aside(self) -> Iterator[None]:
        try:
            with self.app.suspend():
                yield
        except SuspendNotSupported as error:
            raise EditorFailed("this terminal cannot be handed to another program") from error

    # Problems

    def action_next_problem(self) -> None:
        """To the first problem after the focused field, in the form's order."""
        self.state.all_shown = True
        self.show_state()
        problems = self.state.problems()
        fields = [field for path in problems if (field := field_named(path))]
        if not problems:
            self.notify("Nothing is wrong", timeout=2)
        if not fields:
            if problems:  # those that belong to no field stand on the review
                self.deck.enter("review")
            return
        here = self.deck.focused_field()
        later = fields[fields.index(here) + 1 :] if here in fields else fields
        self.deck.jump_to((later or fields)[0])

    # Saving

    @on(Button.Pressed, "#form-save")
    def action_save(self) -> None:
        """Store the image; a new one is built, a template never."""
        is_built = self.state.record is None and not self.state.is_template
        self.call_server(self._save(build=is_built), group="form-save")

    @on(Button.Pressed, "#form-save-and-build")
    def action_save_and_build(self) -> None:
        """Store the image and queue a build."""
        self.call_server(self._save(build=True), group="form-save")

    @on(Button.Pressed, "#form-save-as-template")
    def action_save_as_template(self) -> None:
        """Store what is typed as a template, once the user has said so: the form is left then."""
        self.call_server(self._save_as_template, group="form-save")

    async def _save_as_template(self) -> None:
        lines = ["Images are made from it; it is not built itself.", "The form is left: no image is made now."]
        question = ConfirmDialog("Save as a template?", lines, confirm_label="Save as template", danger=False)
        if await self.app.push_screen_wait(question) is not None:
            await self._save(build=False, as_template=True)

    async def _save(self, *, build: bool, as_template: bool = False) -> None:
        """Check, store, and answer every outcome; whatever happens, what was typed stays until it is stored."""
        if self._is_saving or self._why_wait or not await self._is_ready():
            return
        self._is_saving = True
        self.show_state()
        try:
            outcome = await submit(self.session.client, self.state, build=build, as_template=as_template)
        finally:
            self._is_saving = False
        self.show_state()
        match outcome:
            case Saved(record):
                self.dismiss(record)
            case Conflicting(stored):
                await self._resolve(stored)
            case Gone():
                self.query_one(RecordWatch).show_deleted()
                self.become_new()
            case Refused():
                await self._list_problems("The server cannot use this")
            case Failed(error):
                await self.app.push_screen_wait(ErrorDialog(error))

    async def _is_ready(self) -> bool:
        self.state.all_shown = True
        self.show_state()
        if self.state.problems():
            await self._list_problems("Not saved yet")
            return False
        return await self._accepts_dockerfile()

    async def _list_problems(self, title: str) -> None:
        problems = self.state.problems()
        many = f"{len(problems)} field{'' if len(problems) == 1 else 's'} to mend"
        choices = [(path, labelled(problem)) for path, problem in problems.items()]
        chosen = await self.app.push_screen_wait(ChoiceDialog(f"{title}: {many}", choices))
        field = field_named(chosen or next(iter(problems)))
        if field is not None:
            self.deck.jump_to(field)
        else:
            self.deck.enter("review")

    async def _accepts_dockerfile(self) -> bool:
        if self.state.mode is not Mode.WRITE:
            return True
        from trailer_tui.dockerfile.check import check

        editor = self.query_one(ImageSection).editor
        found = check(self.state.text(DOCKERFILE), builder=editor.builder, given=editor.given)
        errors = [problem for problem in found if problem.severity == "error"]
        if not errors:
            return True
        lines = [f"✖ line {problem.line}: {problem.message}" for problem in errors[:_MOST_ERRORS]]
        title = f"The Dockerfile has {len(errors)} error{'' if len(errors) == 1 else 's'}; its build will fail"
        dialog = ConfirmDialog(title, lines, confirm_label="Save anyway", danger=False)
        if await self.app.push_screen_wait(dialog):
            return True
        self.deck.jump_to(DOCKERFILE)
        editor.goto_line(errors[0].line)
        return False

    # Another writer

    async def _resolve(self, stored: ImageRecord) -> None:
        """Show what differs from `stored` and do what the user chooses."""
        when = ago((datetime.now(UTC) - stored.updated_at).total_seconds())
        title = f"This image was saved by somebody else ({when})"
        answer = await self.app.push_screen_wait(ConflictDialog(differences(self.state, stored), title=title))
        if answer == "rebase":
            self.state.rebase(stored)
        elif answer == "reload":
            self.state.reload(stored)
        else:
            return
        self.query_one(RecordWatch).hide()
        self.show_state()

    @on(RecordWatch.CompareWanted)
    def compare(self, event: RecordWatch.CompareWanted) -> None:
        """Show what somebody else stored, before a save runs into it."""
        self.call_server(partial(self._resolve, event.stored), group="form-compare", exclusive=True)

    @on(RecordWatch.Deleted)
    def become_new(self) -> None:
        """The record is gone: what is typed becomes a new image."""
        self.state.detach()
        self.show_state()

    # Leaving

    @on(Button.Pressed, "#form-cancel")
    def cancel(self) -> None:
        """Out of the form, from wherever."""
        self.leave()

    def action_leave(self) -> None:
        """Out of a section to the tabs; from there out of the form."""
        if not self.deck.focus_tabs():
            self.leave()

    # From the server

    def apply_event(self, event: Event) -> None:
        """Follow hosts and the edited record live."""
        hosts = self.query_one(BuildHostSection).hosts
        if event.event == "host":
            known = {host.id: host for host in hosts}
            if _as_shown(known.get(event.host.id)) != _as_shown(event.host):
                known[event.host.id] = event.host
                self._show_hosts(sorted(known.values(), key=lambda host: host.name.casefold()))
        elif event.event == "host_deleted":
            self._show_hosts([host for host in hosts if host.id != event.id])
        elif event.event == "build" and self.state.record is not None:
            if event.build.image_id == self.state.record.id and not event.build.state.is_active:
                self.deck.build_ended()
        elif event.event == "resync":
            self.action_read_hosts()
        self.query_one(RecordWatch).apply_event(event)

    def action_read_hosts(self) -> None:
        """Ask for hosts and catalogue; a new image gets the first host that is online, else one that may be again."""
        self.services.read_catalogue()
        self.query_one(FilesSection).read_archive()
        self.call_server(self._read_hosts, group="form-hosts", exclusive=True)

    async def _read_hosts(self) -> None:
        try:
            hosts = await self.session.client.hosts()
        except TrailerError as error:
            self.query_one(BuildHostSection).show_hosts([], error)
            return
        is_there = self.state.host_id in {host.id for host in hosts}
        if self.state.record is None and not is_there and hosts:
            self.state.prefill(HOST, min(hosts, key=lambda host: _READINESS.index(host.state)).id)
        self._show_hosts(hosts)

    def _show_hosts(self, hosts: Sequence[Host]) -> None:
        self.query_one(BuildHostSection).show_hosts(hosts)
        self.show_state()

    async def _find_free_name(self) -> None:
        """Give what starts from another record a name that no other has, unless the user was faster."""
        proposed = self.state.text(NAME)
        try:
            name = await free_name(self.session.client, proposed, templates=self.state.is_template)
        except TrailerError:
            return
        if name != proposed and self.state.text(NAME) == proposed:
            self.state.prefill(NAME, name)
            self.show_state()


def _as_shown(host: Host | None) -> Host | None:
    """The host without what changes at every look at it, so that the form stays still while nothing happens."""
    return host and host.model_copy(update={"next_check_at": None})
