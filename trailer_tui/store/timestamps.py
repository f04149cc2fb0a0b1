"""Times as the database keeps them: whole milliseconds since the epoch, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_ms(moment: datetime) -> int:
    """Milliseconds since the epoch of an aware `moment`; what is finer is cut off."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_ms(milliseconds: int) -> datetime:
    """The aware moment in UTC."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def from_optional_ms(milliseconds: int | None) -> datetime | None:
    """Like `from_ms`, for a column that may be empty."""
    return None if milliseconds is None else from_ms(milliseconds)
