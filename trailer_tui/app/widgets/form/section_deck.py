"""The sections behind their tabs, and all ways of getting from one to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from trailer_tui.app.form.fields import HOST, Field
from trailer_tui.app.form.places import field_named
from trailer_tui.app.widgets.form.build_host import BuildHostSection
from trailer_tui.app.widgets.form.entry_list import EntryList
from trailer_tui.app.widgets.form.form_field import FormField
from trailer_tui.app.widgets.form.preview import DockerfilePreview
from trailer_tui.app.widgets.form.preview_feed import PreviewFeed
from trailer_tui.app.widgets.form.review import ReviewSection
from trailer_tui.app.widgets.form.section import FormSection
from trailer_tui.app.widgets.form.section_tabs import SectionTabs, TabMark
from trailer_tui.app.widgets.form.sections import SECTIONS, section_of

if TYPE_CHECKING:
    from trailer_tui.app.form.draft_state import DraftState
    from trailer_tui.app.session import Session


class SectionDeck(Vertical):
    """Tabs on top, one section below, on a wide screen the Dockerfile beside it."""

    def __init__(self, session: Session, state: DraftState, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._state = state
        self._previews = PreviewFeed(self, session, state)
        self.sections: dict[str, FormSection] = {section.SECTION_ID: section(session, state) for section in SECTIONS}
        """Every section by its id."""

    def compose(self) -> ComposeResult:
        yield SectionTabs([(section.SECTION_ID, section.TITLE) for section in SECTIONS], id="form-tabs")
        with Horizontal(id="form-main"):
            with ContentSwitcher(initial=SECTIONS[0].SECTION_ID, id="form-sections"):
                yield from self.sections.values()
            yield DockerfilePreview(id="form-side")

    def on_mount(self) -> None:
        """Mark the first section as open."""
        self.query_one(SectionTabs).active = SECTIONS[0].SECTION_ID

    @on(DockerfilePreview.Appeared)
    def refresh_previews(self) -> None:
        """A preview is in sight now."""
        self._previews.refresh()

    @property
    def open_section(self) -> FormSection:
        """The section that is shown."""
        return self.sections[self.query_one(ContentSwitcher).current or SECTIONS[0].SECTION_ID]

    def build_ended(self) -> None:
        """A build of the edited image ended: the next one takes what it resolved."""
        self._previews.ask_again()

    def show_state(self, *, only_open: bool = False) -> None:
        """Bring tabs, sections and previews in line with the state; a section that is hidden may do so when opened."""
        problems = self._state.shown_problems()
        fields = [field for path in problems if (field := field_named(path))]
        with_problem = {kind.SECTION_ID for field in fields if (kind := section_of(field))}
        marks = {
            section.SECTION_ID: TabMark(
                has_values=section.has_values(self._state),
                has_problem=section.SECTION_ID in with_problem,
                applies=section.applies(self._state),
            )
            for section in SECTIONS
        }
        self.query_one(SectionTabs).show(marks)
        if not self.open_section.applies(self._state):
            self.open(SECTIONS[0].SECTION_ID)  # what somebody else stored has no such section
        for section in [self.open_section] if only_open else self.sections.values():
            section.show_state()
        self._previews.refresh()

    def open(self, section_id: str) -> bool:
        """Show a section, if it applies; the focus stays where it is. Returns whether it is shown."""
        section = self.sections[section_id]
        if not section.applies(self._state):
            kind = "a Windows image" if self._state.is_windows else self._state.mode.label
            self.notify(f"{section.TITLE} does not apply to: {kind}", timeout=4)
            return False
        section.show_state()
        self.query_one(ContentSwitcher).current = section_id
        self.query_one(SectionTabs).active = section_id
        return True

    def enter(self, section_id: str) -> None:
        """Open a section and focus its first control, or the tabs when it has none."""
        if self.open(section_id):
            self.focus_first()

    def step(self, by: int) -> None:
        """Enter the section that many places on; after the last comes the first."""
        ids = [section.SECTION_ID for section in SECTIONS if section.applies(self._state)]
        here = ids.index(self.open_section.SECTION_ID) if self.open_section.SECTION_ID in ids else 0
        self.enter(ids[(here + by) % len(ids)])

    def focus_first(self) -> None:
        """Focus the first control of the open section, or the tabs when it has none."""
        first = next(iter(self._controls()), None)
        # At once, so that the next key finds the focus where it belongs.
        self.screen.set_focus(first or self.query_one(SectionTabs))

    def focus_tabs(self) -> bool:
        """From inside a section to the tabs; returns whether the focus was in a section."""
        focused = self.screen.focused
        if focused is None or self.open_section not in focused.ancestors:
            return False
        self.query_one(SectionTabs).focus()
        return True

    def focus_after(self, control: Widget) -> None:
        """To the control after `control`; after a section's last one to the next section."""
        chain = self._controls()
        here = chain.index(control) if control in chain else len(chain)
        if here < len(chain) - 1:
            chain[here + 1].focus()
        else:
            self.step(1)

    def jump_to(self, field: Field) -> None:
        """Open the field's section and focus its control."""
        kind = section_of(field)
        if kind is None:
            return
        section = self.sections[kind.SECTION_ID]
        self.open(section.SECTION_ID)
        control = section.reveal(field)
        if control is not None:
            self.call_after_refresh(self._focus_in_sight, control)

    def focused_field(self) -> Field | None:
        """The field whose control has the focus."""
        for widget in self.screen.focused.ancestors_with_self if self.screen.focused else ():
            if isinstance(widget, FormField | EntryList):
                return widget.field
            if isinstance(widget, BuildHostSection):
                return HOST
        return None

    def _controls(self) -> list[Widget]:
        return [widget for widget in self.screen.focus_chain if self.open_section in widget.ancestors]

    def _focus_in_sight(self, control: Widget) -> None:
        control.focus()
        control.scroll_visible(animate=False)

    @on(SectionTabs.Chosen)
    def open_chosen(self, event: SectionTabs.Chosen) -> None:
        """Show the section; the focus stays on the tabs."""
        self.open(event.section_id)

    @on(SectionTabs.Entered)
    def enter_open_section(self) -> None:
        """Into the section."""
        self.focus_first()

    @on(FormField.Finished)
    def go_on(self, event: FormField.Finished) -> None:
        """Enter moves on."""
        self.focus_after(event.widget.control_widget)

    @on(ReviewSection.JumpWanted)
    def mend(self, event: ReviewSection.JumpWanted) -> None:
        """To the field chosen on the review."""
        self.jump_to(event.field)
