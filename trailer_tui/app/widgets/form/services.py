"""Services: a virtual desktop of Linux or Windows, and applications. All choices are the server's catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.form.fields import (
    APPLICATIONS,
    BASE_IMAGE,
    BUILT_MODES,
    DESKTOP_APPLICATIONS,
    DESKTOP_ENVIRONMENT,
    EDITION,
    KEYBOARD,
    LANGUAGE,
    SYSTEM,
    VIRTUAL_DESKTOP,
    WINDOWS_KEYBOARD,
    WINDOWS_LANGUAGE,
    WINDOWS_PASSWORD,
    WINDOWS_USER,
    Field,
    Mode,
    Value,
)
from trailer_tui.app.form.prefilling import Prefilling
from trailer_tui.app.form.service_choices import chosen_ids, offers
from trailer_tui.app.widgets.form.choice_strip import ChoiceStrip
from trailer_tui.app.widgets.form.form_field import FormField
from trailer_tui.app.widgets.form.line_input import LineInput
from trailer_tui.app.widgets.form.picked_value import PickedValue
from trailer_tui.app.widgets.form.section import FormSection
from trailer_tui.app.widgets.form.service_lists import pick_dialog, picked_words
from trailer_tui.app.widgets.put_text import put_text
from trailer_tui.app.widgets.tick_box import TickBox
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.app.screens.leaving import Dialog
    from trailer_tui.model.catalogue import DesktopImage
    from trailer_tui.model.errors import TrailerError

_PICKED = (SYSTEM, EDITION, KEYBOARD, WINDOWS_KEYBOARD, LANGUAGE, WINDOWS_LANGUAGE)


class ServicesSection(FormSection):
    """The switch of the desktop, what belongs to the kind of desktop, and the applications."""

    BINDINGS = bindings("services")
    SECTION_ID = "services"
    TITLE = "Services"
    MODES = BUILT_MODES
    FIELDS = (
        VIRTUAL_DESKTOP,
        SYSTEM,
        DESKTOP_ENVIRONMENT,
        EDITION,
        WINDOWS_USER,
        WINDOWS_PASSWORD,
        KEYBOARD,
        WINDOWS_KEYBOARD,
        LANGUAGE,
        WINDOWS_LANGUAGE,
        APPLICATIONS,
        DESKTOP_APPLICATIONS,
    )

    prefilling: Prefilling | None = None
    """The form's questions about what the choices imply."""
    error: TrailerError | None = None
    """Why the catalogue could not be read."""

    @dataclass
    class BaseWanted(Message):
        """The user wants the base image of the chosen desktop in place of the one that is typed."""

        reference: str
        reason: str

    def compose(self) -> ComposeResult:
        state = self.state
        desktop = TickBox("a desktop in the browser", bool(state.value(VIRTUAL_DESKTOP)), compact=True)
        yield FormField(VIRTUAL_DESKTOP, desktop)
        yield self._picked(SYSTEM)
        chosen = state.text(DESKTOP_ENVIRONMENT)
        strip = ChoiceStrip([(chosen, chosen)], chosen, literal=True, id="desktop-environment")
        yield FormField(DESKTOP_ENVIRONMENT, strip)
        yield self._picked(EDITION)
        yield FormField(WINDOWS_USER, LineInput(state.text(WINDOWS_USER)))
        yield FormField(WINDOWS_PASSWORD, LineInput(state.text(WINDOWS_PASSWORD), password=True))
        for field in (KEYBOARD, WINDOWS_KEYBOARD, LANGUAGE, WINDOWS_LANGUAGE, APPLICATIONS, DESKTOP_APPLICATIONS):
            yield self._picked(field)
        yield Static("", id="services-note", classes="form-note", markup=False)

    def _picked(self, field: Field) -> FormField:
        def words(value: Value) -> str:
            return picked_words(self.state, field, value)

        def dialog(_: Value) -> Dialog[Value] | None:
            return pick_dialog(self.state, field)

        return FormField(field, PickedValue(self.state.value(field), words, dialog))

    def show_state(self) -> None:
        """Show what applies, and what follows from it."""
        if not self.is_mounted:
            return
        state = self.state
        if state.catalogue is not None:
            images = state.catalogue.environments_of(state.system)
            self.query_one("#desktop-environment", ChoiceStrip).offer(
                [(image.environment, image.label) for image in images]
            )
        super().show_state()
        for field in self.FIELDS:
            widget = self.field_widget(field)
            if widget is not None:
                widget.display = state.applies(field)
                if isinstance(widget.control_widget, PickedValue):
                    widget.control_widget.show_again()
        self._show_notes()
        put_text(self.query_one("#services-note", Static), "\n".join(self._lines()))

    def shown_value(self, field: Field) -> Value:
        """The switch is on where an application needs it; the environment is one that the system has."""
        if field is VIRTUAL_DESKTOP:
            return self.state.has_desktop
        return self.state.desktop_environment if field is DESKTOP_ENVIRONMENT else self.state.value(field)

    def _show_notes(self) -> None:
        state = self.state
        notes = {
            VIRTUAL_DESKTOP: self._desktop_note(),
            SYSTEM: self._system_note(),
            WINDOWS_PASSWORD: self._password_note(),
            APPLICATIONS: self._offer_note(APPLICATIONS),
            DESKTOP_APPLICATIONS: self._offer_note(DESKTOP_APPLICATIONS),
        }
        if state.catalogue is not None and state.is_windows:
            code = state.text(EDITION)
            edition = next((edition for edition in state.catalogue.windows.editions if edition.code == code), None)
            about = "an evaluation copy, which ends after a time. " if edition and edition.evaluation else ""
            notes[EDITION] = about + ((edition.note or "") if edition else "")
        for field, note in notes.items():
            widget = self.field_widget(field)
            if widget is not None:
                widget.show_note(printable(note))

    def _desktop_note(self) -> str:
        state = self.state
        if state.desktop_is_forced and state.catalogue is not None and not state.value(VIRTUAL_DESKTOP):
            first = state.catalogue.application_label(chosen_ids(state, DESKTOP_APPLICATIONS)[0])
            return f"on, because {first} needs it"
        return ""

    def _system_note(self) -> str:
        state = self.state
        entry = state.catalogue.system(state.system) if state.catalogue is not None else None
        if state.is_windows:
            return "Packages, User and Startup do not apply; what was typed there comes back with Linux"
        return (entry.note or "") if entry is not None else ""

    def _password_note(self) -> str:
        record = self.state.record
        if record is not None and record.windows_password_set:
            return "set; leave it blank to keep it"
        if self.state.is_template:
            return "a template keeps none: type it in the images that are made from it"
        if self.state.leaves_password:
            return "that of the image which this is a copy of is not copied: type one"
        return "stored encrypted, and in no image or log; without one it is the installation's own, admin"

    def _offer_note(self, field: Field) -> str:
        if self.state.catalogue is None:
            return ""
        found = offers(self.state, field)
        available = sum(offer.is_available for offer in found)
        return f"{available} of {len(found)} can be had here" if available < len(found) else ""

    def _lines(self) -> list[str]:
        """What follows from the choices, and what is wrong around them."""
        lines = []
        if self.error is not None:
            lines.append(f"! The catalogue cannot be read: {self.error.cause}; ctrl+l reads it again")
        elif self.state.catalogue is None:
            lines.append("Reading the catalogue …")
        elif self.state.catalogue.problems:
            lines.append(f"⚠ catalogue: {self.state.catalogue.problems[0]}")
        if self.prefilling is not None:
            lines += [f"⚠ {warning}" for warning in self.prefilling.warnings]
            if self.prefilling.is_waiting:
                lines.append("Asking the server what follows …")
            elif self.prefilling.error is not None:
                cause = self.prefilling.error.cause
                lines.append(f"! What follows is not known: {cause}; ctrl+l asks again, Save goes on without")
        lines += self._base_line()
        return [printable(line) for line in lines]

    def _desktop_image(self) -> DesktopImage | None:
        """The image that the chosen Linux desktop is in; None without one, or where the Dockerfile is written."""
        state = self.state
        if state.mode is not Mode.GENERATE or not state.has_desktop or state.is_windows or state.catalogue is None:
            return None
        return state.catalogue.desktop_image(state.system, state.desktop_environment)

    def _has_another_base(self) -> bool:
        wanted, is_waiting = self._desktop_image(), self.prefilling is not None and self.prefilling.is_waiting
        return wanted is not None and not is_waiting and self.state.text(BASE_IMAGE).strip() != wanted.reference

    def _base_line(self) -> list[str]:
        wanted = self._desktop_image()
        if wanted is None:
            return []
        base = self.state.text(BASE_IMAGE).strip()
        if self._has_another_base():
            return [f"⚠ The base image is yours, {base}; the desktop is in {wanted.reference}: B takes it"]
        return [f"Base image: {base}"]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the desktop's base image where another one is typed."""
        return self._has_another_base() if action == "take_base" else True

    def action_take_base(self) -> None:
        """Take the base image of the desktop; it follows the desktop from now on."""
        wanted = self._desktop_image()
        if wanted is not None:
            reason = f"the desktop image of {self.state.system} with {wanted.label}"
            self.post_message(self.BaseWanted(wanted.reference, reason))
