"""Ages, durations and sizes as people read them."""

from __future__ import annotations

import pytest

from trailer_tui.humanize import ago, duration, size


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "now"),
        (12, "12 s ago"),
        (61, "1 min ago"),
        (7300, "2 h ago"),
        (86400 * 3, "3 d ago"),
        (86400 * 800, "2 y ago"),
    ],
)
def test_ages(seconds: float, text: str) -> None:
    assert ago(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0.0s"), (0.44, "0.4s"), (14.25, "14.2s"), (125, "02:05"), (3723, "1:02:03")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (170_401_280, "170.4 MB"), (2e12, "2.0 TB")]
)
def test_sizes(count: float, text: str) -> None:
    assert size(count) == text
