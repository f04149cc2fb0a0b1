"""Build secrets: which ones the steps may mount, chosen among those that are stored, and a way to store one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.suggester import Suggester
from textual.widgets import Button

from trailer_tui.app.actions import bindings
from trailer_tui.app.form.fields import SECRETS
from trailer_tui.app.widgets.form.form_field import FormField
from trailer_tui.app.widgets.form.suggestions import SuggestedInput, SuggestionList
from trailer_tui.humanize import size
from trailer_tui.model.errors import TrailerError
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.app.form.draft_state import DraftState
    from trailer_tui.app.session import Session
    from trailer_tui.model.host import Host
    from trailer_tui.model.secret import SecretInfo


class SecretsField(Vertical):
    """The line of names, the list of stored ones below it, and the dialog that stores another."""

    BINDINGS = bindings("secrets")

    def __init__(self, session: Session, state: DraftState) -> None:
        super().__init__()
        self._session = session
        self._state = state
        self._stored: dict[str, SecretInfo] | None = None
        """The stored secrets of the image's creator by name; None while they are not known."""
        self._refusal = ""

    def compose(self) -> ComposeResult:
        names = SuggestedInput(
            (), suggester=LastNameSuggester(self), value=self._state.text(SECRETS), placeholder="none"
        )
        store = Button("store", id="store-secret", compact=True, tooltip="Store a build secret on the server")
        yield FormField(SECRETS, names, store, note=" ")
        yield SuggestionList(())

    def on_mount(self) -> None:
        """Ask which are stored."""
        self.run_worker(self._read(), group="form-secrets", exclusive=True, exit_on_error=False)

    async def _read(self) -> None:
        try:
            found = await self._session.client.secrets()
        except TrailerError:
            return  # names can be typed all the same, and the server checks them
        record = self._state.record
        owner = record.creator if record is not None else self._session.user
        self._stored = {info.name: info for info in found if not owner or info.owner == owner}
        self._show_stored()

    def _show_stored(self) -> None:
        known = [(info.name, f"{size(info.size)}") for info in (self._stored or {}).values()]
        self.query_one(SuggestionList).set_known(known)
        self.show_note(self._refusal)

    @property
    def stored(self) -> Sequence[str]:
        """Names that are stored."""
        return sorted(self._stored or ())

    @property
    def named(self) -> list[str]:
        """The names in the field."""
        return [name for part in self._state.text(SECRETS).split(",") if (name := part.strip())]

    @property
    def missing(self) -> list[str]:
        """Names in the field of which no value is stored; none while that is not known."""
        return [name for name in self.named if self._stored is not None and name not in self._stored]

    def show_host(self, host: Host | None) -> None:
        """Say when the chosen host cannot mount secrets."""
        self.show_note(why_not(host))

    def show_note(self, refusal: str) -> None:
        """The one thing that matters most: the host cannot, a value is missing, or how they are used."""
        self._refusal = refusal
        if refusal and self.named:
            note = f"! {refusal}"
        elif self.missing:
            note = f"! not stored yet: {', '.join(self.missing)} · ctrl+y stores"
        elif self.named:
            note = f"mounted by RUN --mount=type=secret,id={self.named[0]}"
        elif self.stored:
            note = f"↓ lists {len(self.stored)} stored; ctrl+y stores another"
        else:
            note = "names, commas between; ctrl+y stores one"
        for field in self.query(FormField):
            field.show_note(printable(note))

    @on(Button.Pressed, "#store-secret")
    def action_store(self) -> None:
        """Store a secret, at first the one that is missing."""
        from trailer_tui.app.dialogs.secret import SecretDialog

        name = next(iter(self.missing), "")
        self.app.push_screen(SecretDialog(self._session, self.stored, name), self._take_stored)

    def _take_stored(self, info: SecretInfo | None) -> None:
        names = self.query_one(SuggestedInput)
        names.focus()
        if info is None:
            return
        self._stored = (self._stored or {}) | {info.name: info}
        if info.name not in self.named:
            names.value = ", ".join([*self.named, info.name])
        self._show_stored()

    @on(SuggestedInput.ListWanted)
    def open_list(self, event: SuggestedInput.ListWanted) -> None:
        """Show what is stored."""
        event.stop()
        if self.stored:
            self.query_one(SuggestionList).open_at("")

    @on(SuggestionList.Taken)
    def take_name(self, event: SuggestionList.Taken) -> None:
        """Put the chosen name at the end; what was begun there gives way to it."""
        event.stop()
        names = self.query_one(SuggestedInput)
        kept = [name for name in self.named if name in (self._stored or ()) and name != event.value]
        names.value = ", ".join([*kept, event.value])
        names.focus()

    @on(SuggestionList.Closed)
    def close_list(self, event: SuggestionList.Closed) -> None:
        """Back to the names."""
        event.stop()
        self.query_one(SuggestedInput).focus()


class LastNameSuggester(Suggester):
    """Completes the name after the last comma with one that is stored and not named yet."""

    def __init__(self, field: SecretsField) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._field = field

    async def get_suggestion(self, value: str) -> str | None:
        """The whole line, completed; None when nothing fits."""
        begun = value.rpartition(",")[2].strip()
        for name in self._field.stored:
            if begun and name.casefold().startswith(begun.casefold()) and name not in self._field.named:
                return value[: len(value) - len(begun)] + name
        return None


def why_not(host: Host | None) -> str:
    """Why builds on the host cannot mount secrets or use the ssh agent; empty when they can or nobody knows."""
    known = host.capabilities if host is not None else None
    if host is None or known is None or known.secrets:
        return ""
    if known.builder == "classic":
        return f"{host.name} uses the classic builder, which cannot mount them"
    return f"the BuildKit of {host.name} cannot mount them"
