"""httpx as far as a local socket needs it; import it from here, first.

httpx imports its own command line where the libraries for that are installed, and httpcore imports HTTP/2 likewise:
together a third of what a command of Trailer takes to start. Both do without when the import fails.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_UNUSED = ("httpx._main", "httpcore._async.http2", "httpcore._sync.http2")


@contextmanager
def _without(names: tuple[str, ...]) -> Iterator[None]:
    """Let imports of these modules fail, unless they are there already."""
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


with _without(_UNUSED):
    # httpx would import it at the first connection, when nothing is kept from it.
    import httpcore  # noqa: F401
    import httpx

__all__ = ["httpx"]
