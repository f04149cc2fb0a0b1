"""How a figure is measured and printed: the median of several runs beside a baseline of the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    """In the same unit."""
    baseline_name: str = ""
    aim: str = ""
    """What we want, in words."""

    def line(self) -> str:
        """The figure, its baseline and their ratio."""
        text = f"{self.name:<46} {self.value:>10.2f} {self.unit:<8}"
        if self.baseline:
            text += f" {self.value / self.baseline:>8.2f}x  of {self.baseline_name} ({self.baseline:.2f} {self.unit})"
        return f"{text}   aim: {self.aim}" if self.aim else text


def show(figure: Figure) -> None:
    """Print one figure as soon as it is known."""
    print(figure.line(), flush=True)


def median_of(runs: int, measure: Callable[[], float]) -> float:
    """The median of `runs` calls of `measure`."""
    return statistics.median(measure() for _ in range(runs))


def noise_line() -> str:
    """How quiet the machine is: the spread of a fixed piece of work."""
    durations = []
    for _ in range(15):
        start = time.perf_counter()
        sum(range(400_000))
        durations.append((time.perf_counter() - start) * 1000)
    low, middle, high = min(durations), statistics.median(durations), max(durations)
    spread = (high - low) / middle * 100
    verdict = "quiet" if spread < 50 else "NOISY: do not trust the figures"
    return f"noise: fixed work took {middle:.1f} ms, {low:.1f} to {high:.1f} (spread {spread:.0f} %: {verdict})"
