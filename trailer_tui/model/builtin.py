"""Records that come with Trailer instead of from the database: which ids they have, and why they stay as they are."""

from __future__ import annotations

CREATOR = "trailer"
"""What they have in place of an account."""
LABEL = "built-in"
"""What a list shows in place of a creator and of a last update."""
ANY_HOST = "any"
"""They name no build host."""
NO_HOST_ID = 0
MAX_NUMBER = 999

READ_ONLY = "it comes with Trailer and cannot be changed"
READ_ONLY_HINT = "use it for a new image or template, which is yours"

_END = 2**32
"""Ids of records travel as unsigned 32-bit numbers; the top of that range is never given to a stored one."""


def builtin_id(number: int) -> int:
    """The id of the built-in record with this number, from 1 to `MAX_NUMBER`."""
    return _END - number


def is_builtin(record_id: int) -> bool:
    """Whether a record of this id comes with Trailer; its creator's name does not tell, an account may have it."""
    return record_id >= _END - MAX_NUMBER
