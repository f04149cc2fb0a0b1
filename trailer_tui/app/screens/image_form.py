"""The screen that makes, edits and clones an image."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, ContentSwitcher, Footer, Input, Static, TextArea

from trailer_tui.app.actions import bindings
from trailer_tui.app.dialogs.choice import ChoiceDialog
from trailer_tui.app.dialogs.confirm import ConfirmDialog
from trailer_tui.app.dialogs.error import ErrorDialog
from trailer_tui.app.editor import EditorFailed, edit_text
from trailer_tui.app.form.copy_name import free_copy_name
from trailer_tui.app.form.differences import differences
from trailer_tui.app.form.draft_state import DraftState
from trailer_tui.app.form.fields import BUILT_MODES, DOCKERFILE, HOST, NAME, Field, Mode, field_at
from trailer_tui.app.form.problems import labelled
from trailer_tui.app.form.submission import Conflicting, Failed, Gone, Refused, Saved, submit
from trailer_tui.app.widgets.form.build_host import BuildHostSection
from trailer_tui.app.widgets.form.conflict_dialog import ConflictDialog
from trailer_tui.app.widgets.form.form_field import FormField
from trailer_tui.app.widgets.form.image import ImageSection
from trailer_tui.app.widgets.form.preview import DockerfilePreview
from trailer_tui.app.widgets.form.preview_feed import PreviewFeed
from trailer_tui.app.widgets.form.record_watch import RecordWatch
from trailer_tui.app.widgets.form.review import ReviewSection
from trailer_tui.app.widgets.form.section import FormSection
from trailer_tui.app.widgets.form.section_tabs import SectionTabs, TabMark
from trailer_tui.app.widgets.form.sections import SECTIONS, section_of
from trailer_tui.humanize import ago
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.image import ImageRecord
from trailer_tui.model.status import HostState
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.app.session import Session
    from trailer_tui.model.events import Event
    from trailer_tui.model.host import Host


class ImageForm(Screen[ImageRecord | None]):
    """Makes a new image, edits one, or starts a new one from a copy. Answers with the stored record, or None."""

    BINDINGS = bindings("form")
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (150, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (36, "-tall")]

    def __init__(self, session: Session, *, record: ImageRecord | None = None, clone: bool = False) -> None:
        """
        Args:
            session: the connection.
            record: the image to edit, or with `clone` to copy; None starts empty.
            clone: make a new image that starts as a copy of `record`.
        """
        super().__init__()
        self.session = session
        self.state = DraftState(record, clone=clone)
        self._cloned_name = record.name if record is not None and clone else None
        self._is_saving = False
        self._previews = PreviewFeed(self, session, self.state)
        self._sections: dict[str, FormSection] = {
            section.SECTION_ID: section(session, self.state) for section in SECTIONS
        }

    # What is on the screen

    def compose(self) -> ComposeResult:
        yield Static("", id="form-title", markup=False)
        yield SectionTabs([(section.SECTION_ID, section.TITLE) for section in SECTIONS], id="form-tabs")
        yield RecordWatch(self.session, self.state, id="form-banner")
        with Horizontal(id="form-main"):
            with ContentSwitcher(initial=SECTIONS[0].SECTION_ID, id="form-sections"):
                yield from self._sections.values()
            yield DockerfilePreview(id="form-side")
        with Horizontal(id="form-buttons"):
            yield Button("Save", id="form-save", variant="primary", compact=True)
            yield Button("Save and build", id="form-save-and-build", compact=True)
            yield Button("Cancel", id="form-cancel", compact=True)
            yield Static("", id="form-status", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Read what the form needs, and listen."""
        self.query_one(SectionTabs).active = SECTIONS[0].SECTION_ID
        self.session.events.subscribe(self, self.apply_event)
        self.show_state()
        name = self._sections["general"].field_widget(NAME)
        if name is not None:
            name.control_widget.focus()
        self.read_hosts()
        if self._cloned_name is not None:
            self.find_free_name(self._cloned_name)

    @property
    def open_section(self) -> FormSection:
        """The section that is shown."""
        return self._sections[self.query_one(ContentSwitcher).current or SECTIONS[0].SECTION_ID]

    def show_state(self) -> None:
        """Bring everything on the screen in line with the state."""
        problems = self.state.shown_problems()
        with_problem = {section_of(field).SECTION_ID for path in problems if (field := field_at(path))}
        marks = {
            section.SECTION_ID: TabMark(
                has_values=section.has_values(self.state),
                has_problem=section.SECTION_ID in with_problem,
                applies=self.state.mode in section.MODES,
            )
            for section in SECTIONS
        }
        self.query_one(SectionTabs).show(marks)
        for section in self._sections.values():
            section.show_state()
        self._show_frame(len(problems))
        self.refresh_bindings()
        self._previews.refresh()

    def _show_frame(self, problems: int) -> None:
        record = self.state.record
        what = f"Edit {printable(record.name)}" if record is not None else "New image"
        if self._cloned_name is not None:
            what = f"New image, copied from {printable(self._cloned_name)}"
        changed = "  · unsaved changes" if self.state.is_dirty else ""
        self.query_one("#form-title", Static).update(Content(f"{what}{changed}"))
        self.query_one("#form-save", Button).disabled = self._is_saving
        build = self.query_one("#form-save-and-build", Button)
        build.display = record is not None
        build.disabled = self._is_saving
        status = self.query_one("#form-status", Static)
        words = "Save builds it" if record is None else ""
        if self._is_saving:
            words = "Saving …"
        elif problems:
            words = f"! {problems} problem{'' if problems == 1 else 's'}: ctrl+t goes to the next"
        status.update(Content(words))
        status.set_class(bool(problems) and not self._is_saving, "-problem")

    # Edits

    @on(FormField.Edited)
    def take_edit(self, event: FormField.Edited) -> None:
        """Take what was typed or chosen."""
        if self.state.change(event.field, event.value):
            self.show_state()

    @on(FormField.Left)
    def show_problem_of_left_field(self, event: FormField.Left) -> None:
        """A field that was left may show its problem."""
        self.state.leave(event.field)

    @on(FormField.Finished)
    def go_on(self, event: FormField.Finished) -> None:
        """Enter: to the next field of the section, after the last one to the next section."""
        section = self.open_section
        chain = [widget for widget in self.focus_chain if section in widget.ancestors]
        here = chain.index(event.widget.control_widget) if event.widget.control_widget in chain else -1
        if 0 <= here < len(chain) - 1:
            chain[here + 1].focus()
        else:
            self.action_next_section()

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

    def _step_aside(self) -> AbstractContextManager[None]:
        try:
            return self.app.suspend()
        except SuspendNotSupported as error:
            raise EditorFailed("this terminal cannot be handed to another program") from error

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what applies to the state and the focus."""
        match action:
            case "save" | "save_and_build" if self._is_saving:
                return None
            case "save_and_build":
                return self.state.record is not None
            case "edit_outside":
                in_editor = isinstance(self.focused, TextArea) or not isinstance(self.focused, Input)
                return self.state.mode is Mode.WRITE and self.open_section.SECTION_ID == "image" and in_editor
            case "automatic_name":
                return self.state.mode in BUILT_MODES and not self.state.image_name_is_automatic
            case "next_problem":
                return bool(self.state.shown_problems())
        return True

    # Sections

    def open(self, section_id: str) -> None:
        """Show a section and put the focus where its work begins."""
        section = self._sections[section_id]
        if self.state.mode not in section.MODES:
            self.notify(f"{section.TITLE} does not apply to: {self.state.mode.label}", timeout=4)
            return
        self.query_one(ContentSwitcher).current = section_id
        self.query_one(SectionTabs).active = section_id
        self._previews.refresh()

    def enter(self, section_id: str) -> None:
        """Open a section and focus its first control, or the tabs when it has none."""
        self.open(section_id)
        self.call_after_refresh(self._focus_first)

    def _focus_first(self) -> None:
        section = self.open_section
        first = next((widget for widget in self.focus_chain if section in widget.ancestors), None)
        (first or self.query_one(SectionTabs)).focus()

    @on(SectionTabs.Chosen)
    def open_chosen(self, event: SectionTabs.Chosen) -> None:
        """Show the section; the focus stays on the tabs."""
        self.open(event.section_id)

    @on(SectionTabs.Entered)
    def enter_open_section(self) -> None:
        """Into the section."""
        self._focus_first()

    def _section_beside(self, by: int) -> str:
        ids = [section.SECTION_ID for section in SECTIONS if self.state.mode in section.MODES]
        here = ids.index(self.open_section.SECTION_ID) if self.open_section.SECTION_ID in ids else 0
        return ids[(here + by) % len(ids)]

    def action_next_section(self) -> None:
        """To the next section, after the last to the first."""
        self.enter(self._section_beside(1))

    def action_previous_section(self) -> None:
        """To the section before."""
        self.enter(self._section_beside(-1))

    def action_show_general(self) -> None:
        """To General."""
        self.enter("general")

    def action_show_build_host(self) -> None:
        """To Build host."""
        self.enter("build_host")

    def action_show_image(self) -> None:
        """To Image."""
        self.enter("image")

    def action_show_review(self) -> None:
        """To Review."""
        self.enter("review")

    # Problems

    def jump_to(self, field: Field) -> None:
        """Open the field's section and focus its control."""
        section = self._sections[section_of(field).SECTION_ID]
        self.open(section.SECTION_ID)
        control = section.reveal(field)
        if control is not None:
            self.call_after_refresh(self._focus_in_sight, control)

    def _focus_in_sight(self, control: Widget) -> None:
        control.focus()
        control.scroll_visible(animate=False)

    @on(ReviewSection.JumpWanted)
    def mend(self, event: ReviewSection.JumpWanted) -> None:
        """To the field chosen on the review."""
        self.jump_to(event.field)

    def action_next_problem(self) -> None:
        """To the first problem after the focused field, in the form's order."""
        self.state.all_shown = True
        self.show_state()
        fields = [field for path in self.state.problems() if (field := field_at(path))]
        if not fields:
            self.notify("Nothing is wrong", timeout=2)
            return
        here = self._focused_field()
        later = fields[fields.index(here) + 1 :] if here in fields else fields
        self.jump_to((later or fields)[0])

    def _focused_field(self) -> Field | None:
        for widget in self.focused.ancestors_with_self if self.focused else ():
            if isinstance(widget, FormField):
                return widget.field
            if isinstance(widget, BuildHostSection):
                return HOST
        return None

    # Saving

    @on(Button.Pressed, "#form-save")
    def action_save(self) -> None:
        """Store the image; a new one is built."""
        self.save(build=self.state.record is None)

    @on(Button.Pressed, "#form-save-and-build")
    def action_save_and_build(self) -> None:
        """Store the image and queue a build."""
        self.save(build=True)

    @work(exclusive=True, group="form-save", exit_on_error=False)
    async def save(self, *, build: bool) -> None:
        """Check, store, and answer every outcome; whatever happens, what was typed stays until it is stored."""
        if self._is_saving or not await self._is_ready():
            return
        self._is_saving = True
        self.show_state()
        try:
            outcome = await submit(self.session.client, self.state, build=build)
        finally:
            self._is_saving = False
        self.show_state()
        match outcome:
            case Saved(record):
                self.dismiss(record)
            case Conflicting(stored):
                await self.resolve(stored)
            case Gone():
                self.query_one(RecordWatch).show_deleted()
                self._become_new()
                self.notify("The image was deleted meanwhile. Save makes it anew.", severity="warning")
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
        field = field_at(chosen or next(iter(problems)))
        if field is not None:
            self.jump_to(field)

    async def _accepts_dockerfile(self) -> bool:
        if self.state.mode is not Mode.WRITE:
            return True
        from trailer_tui.dockerfile.check import check

        errors = [problem for problem in check(self.state.text(DOCKERFILE)) if problem.severity == "error"]
        if not errors:
            return True
        lines = [f"✖ line {problem.line}: {problem.message}" for problem in errors[:8]]
        many = f"{len(errors)} error{'' if len(errors) == 1 else 's'}"
        dialog = ConfirmDialog(
            f"The Dockerfile has {many}; its build will fail", lines, confirm_label="Save anyway", danger=False
        )
        if await self.app.push_screen_wait(dialog):
            return True
        self.jump_to(DOCKERFILE)
        return False

    # Another writer

    async def resolve(self, stored: ImageRecord) -> None:
        """Show what differs from `stored` and do what the user chooses."""
        when = ago((datetime.now(UTC) - stored.updated_at).total_seconds())
        answer = await self.app.push_screen_wait(ConflictDialog(differences(self.state, stored), when=when))
        if answer == "rebase":
            self.state.rebase(stored)
        elif answer == "reload":
            self.state.reload(stored)
        else:
            return
        self.query_one(RecordWatch).hide()
        self.show_state()

    @on(RecordWatch.CompareWanted)
    @work(exclusive=True, group="form-compare", exit_on_error=False)
    async def compare(self, event: RecordWatch.CompareWanted) -> None:
        """Show what somebody else stored, before a save runs into it."""
        await self.resolve(event.stored)

    @on(RecordWatch.Deleted)
    def _become_new(self) -> None:
        self.state.detach()
        self.show_state()

    # Leaving

    def action_leave(self) -> None:
        """Out of a section to the tabs; from there out of the form."""
        tabs = self.query_one(SectionTabs)
        if self.focused is not None and self.open_section in self.focused.ancestors:
            tabs.focus()
        else:
            self.leave()

    @on(Button.Pressed, "#form-cancel")
    @work(exclusive=True, group="form-leave", exit_on_error=False)
    async def leave(self) -> None:
        """Out of the form; asks when something would be lost."""
        if not self._is_saving and await self._may_drop_changes("Leave"):
            self.dismiss(None)

    @work(exclusive=True, group="form-leave", exit_on_error=False)
    async def action_detach(self) -> None:
        """Out of the app; asks when something would be lost."""
        if not self._is_saving and await self._may_drop_changes("Quit"):
            await self.app.run_action("app.detach")

    async def _may_drop_changes(self, verb: str) -> bool:
        changed = self.state.changed_fields()
        if not changed:
            return True
        lines = ["Not saved:", *(f"  • {field.label}" for field in changed)]
        dialog = ConfirmDialog(f"{verb} without saving?", lines, confirm_label=f"{verb} without saving")
        return await self.app.push_screen_wait(dialog) is not None

    # From the server

    def apply_event(self, event: Event) -> None:
        """Follow hosts and the edited record live."""
        hosts = self.query_one(BuildHostSection)
        if event.event == "host":
            others = [host for host in hosts.hosts if host.id != event.host.id]
            self._show_hosts(sorted([*others, event.host], key=lambda host: host.id))
        elif event.event == "host_deleted":
            self._show_hosts([host for host in hosts.hosts if host.id != event.id])
        elif event.event == "resync":
            self.read_hosts()
        self.query_one(RecordWatch).apply_event(event)

    def action_read_hosts(self) -> None:
        """Read the hosts again."""
        self.read_hosts()

    @work(exclusive=True, group="form-hosts", exit_on_error=False)
    async def read_hosts(self) -> None:
        """Ask for the hosts; a new image gets the first that is online."""
        try:
            hosts = await self.session.client.hosts()
        except TrailerError as error:
            self.query_one(BuildHostSection).show_hosts([], error)
            return
        if self.state.host_id is None and hosts:
            online = [host for host in hosts if host.state is HostState.ONLINE]
            self.state.prefill(HOST, (online or hosts)[0].id)
        self._show_hosts(hosts)

    def _show_hosts(self, hosts: list[Host]) -> None:
        section = self.query_one(BuildHostSection)
        section.show_hosts(hosts)
        self._show_chosen_host()
        self.show_state()

    def _show_chosen_host(self) -> None:
        host = self.query_one(BuildHostSection).chosen_host()
        self.query_one(ImageSection).squash_default = host.squash_default if host else None
        self.query_one(ReviewSection).host_name = host.name if host else ""

    @work(exclusive=True, group="form-name", exit_on_error=False)
    async def find_free_name(self, original: str) -> None:
        """Give the clone a name that no other image has, unless the user was faster."""
        proposed = self.state.text(NAME)
        try:
            name = await free_copy_name(self.session.client, original)
        except TrailerError:
            return
        if name != proposed and self.state.text(NAME) == proposed:
            self.state.prefill(NAME, name)
            self.show_state()
