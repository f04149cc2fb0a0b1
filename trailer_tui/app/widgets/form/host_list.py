"""The build hosts to choose from, with what they are and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from trailer_tui.app.actions import bindings
from trailer_tui.app.hosts.wording import BUILDER_NAMES, LOW, disk_words, is_low
from trailer_tui.model.host import Host
from trailer_tui.model.status import HostState
from trailer_tui.printable import printable

_INDENT = "    "
_PADDING = 2
"""Cells that the list keeps beside its entries."""


class HostList(OptionList):
    """One host per entry; space or enter chooses, the dot tells which is chosen."""

    BINDINGS = bindings("hostlist")

    @dataclass
    class Chosen(Message):
        """The user chose a host."""

        host_id: int

    def __init__(self, low_bytes: float) -> None:
        """
        Args:
            low_bytes: a host with less room on its disk than this gets a warning.
        """
        super().__init__(compact=True)
        self._low_bytes = low_bytes
        self._hosts: list[Host] = []
        self._chosen: int | None = None
        self._width = 0

    def show(self, hosts: Sequence[Host], chosen: int | None) -> None:
        """Show `hosts`; the cursor stays on its host, at first on the chosen one."""
        if list(hosts) == self._hosts and chosen == self._chosen:
            return
        under_cursor = self._hosts[self.highlighted].id if self.highlighted is not None and self._hosts else chosen
        self._hosts, self._chosen = list(hosts), chosen
        self._fill(under_cursor)

    def on_resize(self) -> None:
        """What is wrong with a host breaks elsewhere."""
        if self.scrollable_content_region.width != self._width:
            self._fill(self._hosts[self.highlighted].id if self.highlighted is not None and self._hosts else None)

    def _fill(self, under_cursor: int | None) -> None:
        self._width = self.scrollable_content_region.width
        entries = [
            _entry(host, self._low_bytes, self._width, is_chosen=host.id == self._chosen) for host in self._hosts
        ]
        self.clear_options()
        self.add_options(map(Option, entries))
        ids = [host.id for host in self._hosts]
        if ids:
            self.highlighted = ids.index(under_cursor) if under_cursor in ids else 0

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Tell which host was chosen."""
        event.stop()
        self.post_message(self.Chosen(self._hosts[event.option_index].id))


def _entry(host: Host, low_bytes: float, width: int, *, is_chosen: bool) -> Content:
    words = [f"{host.state.symbol} {host.state.value}"]
    if host.capabilities is not None:
        known = host.capabilities
        words.append(f"{known.engine} {known.engine_version}")
        words.append(BUILDER_NAMES.get(known.builder, known.builder))
        words.append(f"{known.operating_system}/{known.architecture}")
    if host.running or host.queued:
        words.append(f"{host.running} building, {host.queued} queued")
    entry = Content(f"{'●' if is_chosen else '○'} ") + Content(printable(host.name)).stylize("bold")
    entry += Content(f"  {printable(' · '.join(words))}\n")
    return entry + "\n".join(line for text in _below(host, low_bytes) for line in _indented(text, width))


def _below(host: Host, low_bytes: float) -> list[str]:
    """What stands under the name: the address, unless the error tells it, and what is wrong."""
    error = host.error if host.state is not HostState.ONLINE else ""
    lines = [] if host.address.partition("://")[2] in error else [host.address]
    if is_low(host.disk, low_bytes):
        lines.append(f"{LOW} little disk space: {disk_words(host.disk, low_bytes).removeprefix(LOW).strip()} free")
    if error:
        lines += [error, *([f"→ {host.hint}"] if host.hint else [])]
    return lines


def _indented(text: str, width: int) -> list[str]:
    """The lines of `text` under the name, each indented; a sign and its space stand before the others."""
    hanging = 2 if text.startswith(("→ ", f"{LOW} ")) else 0
    room = max(20, width - len(_INDENT) - _PADDING)
    return [_INDENT + line for line in wrap(printable(text), room, subsequent_indent=" " * hanging)]
