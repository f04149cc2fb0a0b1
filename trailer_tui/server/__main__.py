"""`python -m trailer_tui.server`: the process of a server, in the foreground or detached from its starter."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence

from trailer_tui.model.errors import TrailerError
from trailer_tui.server.folders import unusable_file
from trailer_tui.server.readiness import Readiness

_FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a server until it ends; the exit code is 0, or 1 when it could not start."""
    options = _parser().parse_args(arguments)
    os.umask(0o077)
    detached = options.ready_fd is not None
    if detached:
        _detach()
    readiness = Readiness(options.ready_fd)
    try:
        _run(shared=options.shared, foreground=not detached, readiness=readiness)
    except TrailerError as error:
        return _tell(error, readiness, detached=detached)
    except OSError as error:
        if error.filename is None:
            return _tell_defect(error, readiness)
        return _tell(unusable_file(error), readiness, detached=detached)
    except Exception as error:
        return _tell_defect(error, readiness)
    return 0


def _tell(error: TrailerError, readiness: Readiness, *, detached: bool) -> int:
    readiness.failed(error)
    if detached:
        logging.getLogger(__name__).error("cannot start: %s: %s", error.title, error.cause)
    else:
        sys.stderr.write(f"trailer: {error.title}: {error.cause}\n" + (f"  {error.hint}\n" if error.hint else ""))
    return _FAILED


def _tell_defect(error: Exception, readiness: Readiness) -> int:
    readiness.failed(TrailerError(f"the server cannot start: {type(error).__name__}: {error}"))
    logging.getLogger(__name__).error("cannot start", exc_info=error)
    return _FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m trailer_tui.server", description=__doc__)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--standalone", action="store_true", help="serve the user who starts it (default)")
    mode.add_argument("--shared", action="store_true", help="serve all users of this machine")
    parser.add_argument("--ready-fd", type=int, metavar="N", help="tell on this descriptor when it is ready; detaches")
    return parser


def _detach() -> None:
    """Leave the starter behind: no zombie for it to collect, no terminal that could come back, no hangup."""
    if os.fork():
        os._exit(0)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def _run(*, shared: bool, foreground: bool, readiness: Readiness) -> None:
    from trailer_tui.server.claim import Claim
    from trailer_tui.server.folders import prepare_folder
    from trailer_tui.server.listener import check_length
    from trailer_tui.server.logbook import open_logbook
    from trailer_tui.server.options import ServerOptions

    options = ServerOptions.shared() if shared else ServerOptions.standalone()
    check_length(options.socket)
    prepare_folder(options.data_folder, may_be_link=True)
    prepare_folder(options.socket.parent, mode=options.folder_mode)
    open_logbook(options.log_file, foreground=foreground)
    claim = Claim(options)
    other = claim.wait()
    if other is not None:
        if foreground:
            raise TrailerError(f"a server answers on {other} already", hint="`trailer status` shows it")
        readiness.ready(other)
        return

    from trailer_tui.server.process import serve

    # Not asyncio.run: it would wait for every thread that a host keeps busy.
    runner = asyncio.Runner()
    try:
        runner.run(serve(options, ready=readiness.ready))
    finally:
        claim.release()


def _leave(code: int) -> None:
    """End at once. A thread that waits for a host would otherwise hold the process, and its locks, for minutes."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _leave(main())
