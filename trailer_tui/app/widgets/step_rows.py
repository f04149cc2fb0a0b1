"""The lines of the step list: one per step, and below a step that pulls or pushes one per layer and a total."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trailer_tui.humanize import duration, size
from trailer_tui.model.status import StepState
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trailer_tui.model.build import LayerProgress, Step

BAR_CELLS = 8
LAYERS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class StepRow:
    """One line: what is left, what is right, and the state that colours it."""

    ordinal: int
    left: str
    right: str
    state: StepState
    is_step: bool = True
    """False for a line about a layer."""


def step_rows(steps: Sequence[Step], elapsed_ms: int | None) -> list[StepRow]:
    """The lines for `steps`; `elapsed_ms` is the time since the build's start, if it runs."""
    width = max((len(_count(step)) for step in steps), default=0)
    rows: list[StepRow] = []
    for step in steps:
        left = f"{step.state.symbol} {_count(step):>{width}} {printable(step.instruction)}".replace(
            "  ", " ", not width
        )
        rows.append(StepRow(step.ordinal, left, time_of(step, elapsed_ms), step.state))
        if step.state is StepState.RUNNING and step.layers:
            rows.extend(_layer_rows(step))
    return rows


def time_of(step: Step, elapsed_ms: int | None) -> str:
    """Duration of a step, `cached`, or the time that a running one has taken so far."""
    if step.state is StepState.CACHED:
        return "cached"
    if step.state is StepState.RUNNING:
        return "" if elapsed_ms is None else duration(max(0, elapsed_ms - step.started_ms) // 1000 * 1.0)
    return "" if step.duration_ms is None else duration(step.duration_ms / 1000)


def bar(current: int, total: int, cells: int = BAR_CELLS) -> str:
    """A bar of `cells` characters, told apart without colour."""
    filled = min(cells, current * cells // total) if total else 0
    return "█" * filled + "░" * (cells - filled)


def _count(step: Step) -> str:
    if step.number is None:
        return ""
    return f"{step.number}/{step.total}" if step.total else str(step.number)


def _layer_rows(step: Step) -> list[StepRow]:
    sized = [layer for layer in step.layers if layer.total]
    current, total = sum(layer.current for layer in sized), sum(layer.total for layer in sized)
    done = sum(layer.current >= layer.total for layer in sized)
    head = f"    {bar(current, total)} {done}/{len(step.layers)} layers"
    rows = [StepRow(step.ordinal, head, _moved(current, total), step.state, is_step=False)]
    active = [layer for layer in step.layers if not layer.total or layer.current < layer.total]
    rows.extend(_layer_row(step, layer) for layer in active[:LAYERS_SHOWN])
    if len(active) > LAYERS_SHOWN:
        rest = f"    and {len(active) - LAYERS_SHOWN} more layers"
        rows.append(StepRow(step.ordinal, rest, "", step.state, is_step=False))
    return rows


def _layer_row(step: Step, layer: LayerProgress) -> StepRow:
    left = f"    {bar(layer.current, layer.total)} {printable(layer.layer[:8])} {printable(layer.action)}"
    return StepRow(step.ordinal, left, _moved(layer.current, layer.total), step.state, is_step=False)


def _moved(current: int, total: int) -> str:
    if not total:
        return ""
    done, whole = size(current), size(total)
    same_unit = done.rpartition(" ")[2] == whole.rpartition(" ")[2]
    return f"{done.rpartition(' ')[0] if same_unit else done} / {whole}"
