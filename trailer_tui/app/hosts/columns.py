"""The columns of the hosts table: which fit, how wide each is, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trailer_tui.app.hosts import wording
from trailer_tui.app.records.fitting import fit, fit_start

if TYPE_CHECKING:
    from trailer_tui.model.host import Host

PADDING = 2
"""Cells that the table adds to each column."""


@dataclass(frozen=True, slots=True)
class View:
    """What beside the host decides what its cells say."""

    now: float
    low_bytes: float


@dataclass(frozen=True, slots=True)
class HostColumn:
    """One column as it is laid out."""

    title: str
    width: int
    """Cells of the content."""
    text: Callable[[Host, View], str]
    fit: Callable[[str, int], str] = fit

    def cell(self, host: Host, view: View) -> str:
        """The host's cell, exactly as wide as the column."""
        return self.fit(self.text(host, view), self.width)


@dataclass(frozen=True, slots=True)
class _Kind:
    title: str
    text: Callable[[Host, View], str]
    narrow: int
    """Cells in a terminal of 80 columns; 0 means folded away: the lines below the table say it."""
    normal: int
    """Cells from 100 columns on."""
    wide: int
    """Cells from 150 columns on; -1 takes what is left."""


_KINDS = (
    _Kind("Name", lambda host, _: host.name, 13, 14, 18),
    _Kind("State", lambda host, view: wording.state_words(host, view.now), 16, 17, 18),
    _Kind("Builds", lambda host, _: wording.builds_words(host), 16, 16, 16),
    _Kind("Engine (API)", lambda host, _: wording.engine_words(host.capabilities), 15, 16, 20),
    _Kind("Builder", lambda host, _: wording.builder_words(host).removesuffix(" builder"), 0, 8, 9),
    _Kind("Arch", lambda host, _: host.capabilities.architecture if host.capabilities else "", 0, 0, 8),
    _Kind("Free", lambda host, view: wording.free_words(host.disk, view.low_bytes), 9, 0, 0),
    _Kind("Disk free", lambda host, view: wording.disk_words(host.disk, view.low_bytes), 0, 0, 22),
    _Kind("Labels", lambda host, _: ", ".join(host.labels), 0, 0, 16),
    _Kind("Address", lambda host, _: host.address, 0, 0, -1),
)

_ADDRESS_MINIMUM = 16


def lay_out(width: int) -> tuple[HostColumn, ...]:
    """The columns that fit into a terminal of `width` cells, left to right."""
    if width >= 150:
        return _fitted([(kind, kind.wide) for kind in _KINDS if kind.wide], width)
    if width >= 100:
        return _normal(width)
    return _fitted([(kind, kind.narrow) for kind in _KINDS if kind.narrow], width)


def fit_address(address: str, width: int) -> str:
    """An address in exactly `width` cells. Where it has no room, what tells it from others stays: the end of a
    socket's path, the beginning of a machine's name.
    """
    if len(address) <= width:
        return fit(address, width)
    scheme, _, rest = address.partition("://")
    return fit_start(rest, width) if scheme == "unix" else fit(rest or address, width)


def _normal(width: int) -> tuple[HostColumn, ...]:
    """Between: architecture, the whole of the disk and the address as far as there is room for each."""
    chosen = {kind.title: kind.normal for kind in _KINDS if kind.normal}
    chosen["Free"] = 9
    left = width - 1 - sum(cells + PADDING for cells in chosen.values())
    for title, cells in (("Arch", 7), ("Address", _ADDRESS_MINIMUM)):
        if left >= cells + PADDING:
            chosen[title] = cells
            left -= cells + PADDING
    if "Address" in chosen:
        chosen["Address"] = -1
    return _fitted([(kind, chosen[kind.title]) for kind in _KINDS if kind.title in chosen], width)


def _fitted(kinds: list[tuple[_Kind, int]], width: int) -> tuple[HostColumn, ...]:
    fixed = sum(cells for _, cells in kinds if cells > 0) + PADDING * len(kinds)
    # The table keeps one cell for its scrollbar.
    left = max(_ADDRESS_MINIMUM, width - 1 - fixed)
    return tuple(
        HostColumn(kind.title, cells if cells > 0 else left, kind.text, fit_address if kind.title == "Address" else fit)
        for kind, cells in kinds
    )
