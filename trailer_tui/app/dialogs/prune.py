"""What goes from a host's disk: measured first, chosen by boxes, never without a yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.hosts.facts import item_words
from trailer_tui.app.screens.leaving import Dialog
from trailer_tui.app.widgets.tick_box import TickBox
from trailer_tui.humanize import size
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.host import PruneTarget
from trailer_tui.printable import printable, printable_lines

if TYPE_CHECKING:
    from trailer_tui.app.session import Session
    from trailer_tui.model.host import Host, HostUsage

_LABEL_WIDTH = max(len(target.label) for target in PruneTarget)


class PruneDialog(Dialog[list[PruneTarget] | None]):
    """Answers with what to remove, or None. The focus starts on Cancel, and no box is ticked."""

    BINDINGS = bindings("prune")
    AUTO_FOCUS = "#prune-refuse"

    def __init__(self, session: Session, host: Host, usage: HostUsage | None = None) -> None:
        """
        Args:
            session: the connection.
            host: whose disk.
            usage: what was measured just now; None measures.
        """
        super().__init__()
        self._session = session
        self._host = host
        self._usage = usage

    def compose(self) -> ComposeResult:
        with Vertical(id="prune-frame", classes="dialog -danger"):
            yield Static(f"Prune {printable(self._host.name)}?", classes="dialog-title", markup=False)
            yield Static("Measuring what could go; this may take minutes …", id="prune-measuring", markup=False)
            with Vertical(id="prune-boxes"):
                for target in PruneTarget:
                    yield TickBox(Content(target.label), id=f"prune-{target.value}", compact=True)
            yield Static("", id="prune-total", classes="dialog-line", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="prune-refuse", compact=True)
                yield Button("Prune", id="prune-accept", variant="error", disabled=True, compact=True)
            yield Static("↑ ↓ move · space tick · y prune · esc cancel", classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        """Measure, unless that was done."""
        self.query_one("#prune-boxes").display = False
        if self._usage is not None:
            self._show_usage(self._usage)
        else:
            self.run_worker(self._measure(), group="prune-measure", exclusive=True, exit_on_error=False)

    async def _measure(self) -> None:
        try:
            self._show_usage(await self._session.client.host_usage(self._host.id))
        except TrailerError as error:
            words = [f"✖ {error.title}: {error.cause}", *([f"→ {error.hint}"] if error.hint else [])]
            self.query_one("#prune-measuring", Static).update(printable_lines("\n".join(words)))

    def _show_usage(self, usage: HostUsage) -> None:
        self._usage = usage
        self.query_one("#prune-measuring").display = False
        self.query_one("#prune-boxes").display = True
        for item in usage.prunable:
            box = self._box(item.target)
            box.label = Content(f"{item.target.label:<{_LABEL_WIDTH}} {printable(item_words(item))}")
            box.disabled = not item.count
        self._show_total()

    def _box(self, target: PruneTarget) -> TickBox:
        return self.query_one(f"#prune-{target.value}", TickBox)

    def chosen(self) -> list[PruneTarget]:
        """What is ticked."""
        return [target for target in PruneTarget if self._box(target).value]

    @on(TickBox.Changed)
    def _show_total(self) -> None:
        chosen = self.chosen()
        assert self._usage is not None
        total = sum(item.size for item in self._usage.prunable if item.target in chosen)
        words = f"Frees about {size(total)} on {self._host.name}." if chosen else "Nothing is ticked."
        if not any(item.count for item in self._usage.prunable):
            words = f"There is nothing to remove on {self._host.name}."
        self.query_one("#prune-total", Static).update(printable(words))
        self.query_one("#prune-accept", Button).disabled = not chosen
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is pruned before something is ticked."""
        return bool(self.is_mounted and self.chosen()) if action == "accept" else True

    @on(Button.Pressed, "#prune-accept")
    def action_accept(self) -> None:
        """Answer with what is ticked."""
        self.dismiss(self.chosen())

    @on(Button.Pressed, "#prune-refuse")
    def action_refuse(self) -> None:
        """Remove nothing."""
        self.dismiss(None)

    def action_next(self) -> None:
        """Focus the next box or button."""
        self.focus_next()

    def action_previous(self) -> None:
        """Focus the box or button before."""
        self.focus_previous()
