"""The `trailer` command from its arguments to its exit code."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence

from trailer_tui.cli.exits import CANCELLED, FAILED, OK, UNREACHABLE, CannotConnect, code_of
from trailer_tui.cli.terminal import complain, drop_output, fill_streams, is_output_error, note
from trailer_tui.model.errors import TrailerError
from trailer_tui.printable import printable


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `trailer` with `arguments` (those of the process by default); the result is the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    fill_streams()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):  # replaced by a test's own stream
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        code = _run(words)
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
        return OK
    except OSError as error:
        if not is_output_error(error):
            raise
        drop_output()
        note(f"trailer: standard output cannot be written: {error.strerror}")
        return FAILED
    except KeyboardInterrupt:
        return CANCELLED
    except CannotConnect as failure:
        complain(failure.error)
        return UNREACHABLE
    except TrailerError as error:
        complain(error)
        return code_of(error)
    return code


def _run(words: list[str]) -> int:
    if not words:
        from trailer_tui.app.app import run

        return run()
    from trailer_tui.cli.parser import build_parser

    parser = build_parser()
    for word in words:
        if not _is_text(word):
            parser.error(f"the argument {printable(word)} is no UTF-8 text")
    options = parser.parse_args(words)
    if not hasattr(options, "run"):
        parser.error("a command is missing")
    code: int = options.run(options)
    return code


def _is_text(word: str) -> bool:
    """Whether the argument's bytes could be decoded; Python keeps others as lone surrogates."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True
