"""The server's own log: a file of bounded size in the data folder, and standard error when in the foreground."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

_MAX_BYTES = 2_000_000
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _NotCutStreams(logging.Filter):
    """Leaves out what uvicorn says of an answer that ended early; the border tells it with the reason."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "without completing response" not in record.getMessage()


def open_logbook(file: Path, *, foreground: bool) -> None:
    """Send all log records of this process to `file` (two generations), and to standard error in the foreground."""
    logging.raiseExceptions = False  # a full disk must not stop the server from answering
    handlers: list[logging.Handler] = [RotatingFileHandler(file, maxBytes=_MAX_BYTES, backupCount=1, encoding="utf-8")]
    if foreground:
        handlers.append(logging.StreamHandler())
    for handler in handlers:
        handler.setFormatter(logging.Formatter(_FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=handlers, force=True)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(_NotCutStreams())
