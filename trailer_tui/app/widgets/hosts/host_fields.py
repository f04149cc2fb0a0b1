"""The fields of the host form, the rarely changed ones folded away."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget

from trailer_tui.app.form.fields import Field
from trailer_tui.app.form.host_state import (
    ADDRESS,
    BUILD_MINUTES,
    BUILDER,
    HOST_NAME,
    INSTALLER,
    LABELS,
    MIRROR,
    PARALLEL,
    PULL_MINUTES,
    PUSH_MINUTES,
    SQUASH_DEFAULT,
    TLS,
    HostState,
)
from trailer_tui.app.widgets.form.choice_strip import ChoiceStrip
from trailer_tui.app.widgets.form.disclosure import Disclosure
from trailer_tui.app.widgets.form.form_field import FormField
from trailer_tui.app.widgets.form.line_input import LineInput
from trailer_tui.app.widgets.tick_box import TickBox
from trailer_tui.model.host import BuilderChoice
from trailer_tui.printable import printable

ADVANCED = (PULL_MINUTES, BUILD_MINUTES, PUSH_MINUTES, MIRROR, INSTALLER)

_BUILDERS = (
    (BuilderChoice.AUTO, "automatic"),
    (BuilderChoice.BUILDKIT, "BuildKit"),
    (BuilderChoice.CLASSIC, "classic"),
)

_BUILDER_NOTES = {
    BuilderChoice.AUTO: "BuildKit where there is one, else the classic builder",
    BuilderChoice.BUILDKIT: "secrets, # syntax=, heredocs; sends only changed files",
    BuilderChoice.CLASSIC: "for engines whose BuildKit makes trouble",
}


class HostFields(VerticalScroll, can_focus=False):
    """Shows the state; it never changes it."""

    def __init__(self, state: HostState) -> None:
        super().__init__(id="host-fields")
        self._state = state

    def compose(self) -> ComposeResult:
        yield FormField(HOST_NAME, self._line(HOST_NAME, "build-01"))
        yield FormField(ADDRESS, self._line(ADDRESS, "ssh://user@host"), note=" ")
        with Vertical(id="host-tls"):
            for field in TLS:
                name = field.path.partition(".")[2]
                yield FormField(field, self._line(field, f"/etc/trailer/tls/{name}.pem"))
        strip = ChoiceStrip([(choice.value, label) for choice, label in _BUILDERS], self._state.text(BUILDER))
        yield FormField(BUILDER, strip, note=" ")
        yield FormField(PARALLEL, self._line(PARALLEL), note="builds that run there at the same time; the rest waits")
        is_squashed = bool(self._state.value(SQUASH_DEFAULT))
        squash = TickBox("into one layer, where the image does not say", is_squashed, compact=True)
        yield FormField(SQUASH_DEFAULT, squash)
        yield FormField(LABELS, self._line(LABELS, "gpu, fast disk"), note="what the host is for; commas between")
        yield Disclosure("Timeouts, mirror, installer", *self._advanced(), id="host-advanced")

    def _advanced(self) -> list[Widget]:
        hub = "registry, or registry/prefix, from which images of Docker Hub are pulled"
        installer = "image with micromamba, which makes environments; empty: mambaorg/micromamba, pinned"
        return [
            FormField(PULL_MINUTES, self._line(PULL_MINUTES), note="minutes; a pull that takes longer is ended"),
            FormField(BUILD_MINUTES, self._line(BUILD_MINUTES), note="minutes, without pulls and push"),
            FormField(PUSH_MINUTES, self._line(PUSH_MINUTES), note="minutes"),
            FormField(MIRROR, self._line(MIRROR, "registry.lan/hub"), note=hub),
            FormField(INSTALLER, self._line(INSTALLER), note=installer),
        ]

    def _line(self, field: Field, placeholder: str = "") -> LineInput:
        return LineInput(self._state.text(field), placeholder=placeholder)

    def show_state(self) -> None:
        """Show values, notes and problems as they are now."""
        state = self._state
        problems = state.shown_problems()
        for widget in self.query(FormField):
            widget.show_value(state.value(widget.field))
            widget.show_problem(problems.get(widget.field.path))
        self.query_one("#host-tls").display = state.is_tcp
        self._widget(ADDRESS).show_note("" if ADDRESS.path in problems else self._address_note())
        self._widget(BUILDER).show_note(_BUILDER_NOTES[BuilderChoice(state.text(BUILDER))])
        has_problem = any(field.path in problems for field in ADVANCED)
        self.query_one("#host-advanced", Disclosure).sum_up(self._advanced_summary(), has_problem=has_problem)

    def _address_note(self) -> str:
        address = self._state.text(ADDRESS).strip()
        if address.startswith("tcp://"):
            if any(self._state.text(field).strip() for field in TLS):
                return "with TLS; the files lie on the machine of Trailer's server"
            return "! without TLS files anybody who reaches the port commands this engine"
        if address.startswith("ssh://"):
            return "by the ssh of the account that runs Trailer's server, with its keys and ~/.ssh/config"
        if address.startswith("unix://"):
            return "a socket on the machine of Trailer's server"
        return "unix:///path, tcp://host:port or ssh://user@host"

    def _advanced_summary(self) -> str:
        state = self._state
        minutes = "/".join(state.text(field) for field in (PULL_MINUTES, BUILD_MINUTES, PUSH_MINUTES))
        mirror = f"mirror {state.text(MIRROR)}" if state.text(MIRROR) else "no mirror"
        installer = state.text(INSTALLER) or "usual installer"
        return printable(f"{minutes} min, {mirror}, {installer}")

    def _widget(self, field: Field) -> FormField:
        return next(widget for widget in self.query(FormField) if widget.field is field)

    def control_of(self, field: Field) -> Widget | None:
        """The control that edits a field."""
        return self._widget(field).control_widget

    def reveal(self, field: Field) -> Widget | None:
        """Make the field's control visible and return it."""
        if field in ADVANCED:
            self.query_one("#host-advanced", Disclosure).is_open = True
        return self.control_of(field)

    def focused_field(self) -> Field | None:
        """The field whose control has the focus."""
        focused = self.screen.focused
        owners = [node for node in focused.ancestors_with_self if isinstance(node, FormField)] if focused else []
        return owners[0].field if owners else None
