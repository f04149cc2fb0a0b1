"""After a server that was killed: builds found running are closed as interrupted and queued again, exactly once.

Those that somebody had asked to cancel are closed as cancelled.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from functools import partial

from trailer_tui.model.build import BuildKind, BuildSummary
from trailer_tui.model.errors import NotFound, TrailerError
from trailer_tui.model.log import STREAM_TRAILER, format_line, parse_line
from trailer_tui.model.status import BuildState, Phase
from trailer_tui.service.failures import interrupted_failure
from trailer_tui.service.threads import ThreadCalls
from trailer_tui.store.store import Store

_LOG = logging.getLogger(__name__)

_UNFINISHED_KEY = "service.recovery"
"""Setting that names the builds of a recovery under way, in case the server is killed again in the middle of it."""

LAST_WORDS = "The server stops"
"""How the last line of a log begins when the server ended the build itself."""

_CUT = "The server was killed here; output after the line before this one may be missing"

_LONGEST_END = 64 * 1024

_CANCELLED_KEY = "service.cancelled"
"""Setting that names the running builds that somebody has asked to cancel."""


async def note_cancelled(store: Store, build_ids: Iterable[int]) -> None:
    """Remember, in case the server is killed before they have ended, which running builds nobody wants any more.

    Raises:
        TrailerError: it could not be stored.
    """
    await store.settings.set(_CANCELLED_KEY, json.dumps(sorted(build_ids)))


async def recover(store: Store, calls: ThreadCalls) -> None:
    """Close and queue again what an earlier server left running. Nothing runs yet when this is called."""
    running = [summary.id for summary in await store.builds.active() if summary.state is BuildState.RUNNING]
    noted = json.loads(await store.settings.get(_UNFINISHED_KEY) or "[]")
    if not running and not noted:
        return
    todo = sorted({*running, *noted})
    cancelled = set(json.loads(await store.settings.get(_CANCELLED_KEY) or "[]"))
    await store.settings.set(_UNFINISHED_KEY, json.dumps(todo))
    for build_id in todo:
        try:
            await _recover(store, calls, await store.builds.summary(build_id), cancelled=build_id in cancelled)
        except NotFound:
            continue
        except TrailerError as error:
            _LOG.warning("build %d, which was interrupted, was not queued again: %s", build_id, error.cause)
    await store.settings.set(_UNFINISHED_KEY, "[]")


async def _recover(store: Store, calls: ThreadCalls, build: BuildSummary, *, cancelled: bool) -> None:
    twice = build.retry_of is not None
    if build.state is BuildState.RUNNING:
        await _close(store, calls, build, cancelled=cancelled, twice=twice)
    if cancelled or twice or build.state not in (BuildState.RUNNING, BuildState.INTERRUPTED):
        return
    newest = await store.builds.for_image(build.image_id, limit=1)
    if newest and newest[0].id == build.id:
        again = partial(store.builds.queue, resolve_again=build.resolve_again)
        queue = store.builds.queue_push if build.kind is BuildKind.PUSH else again
        await queue(build.image_id, requested_by=build.requested_by, retry_of=build.id)


async def _close(store: Store, calls: ThreadCalls, build: BuildSummary, *, cancelled: bool, twice: bool) -> None:
    size, lines = await calls.run(lambda: _end_log(store, build.id))
    if cancelled:
        await store.builds.finish(build.id, state=BuildState.CANCELLED, log_size=size, log_lines=lines)
        return
    steps = await store.builds.steps(build.id)
    phase = steps[-1].phase if steps else Phase.PREPARE
    await store.builds.finish(
        build.id,
        state=BuildState.FAILED if twice else BuildState.INTERRUPTED,
        failure=interrupted_failure(phase, build.kind, twice=twice),
        log_size=size,
        log_lines=lines,
    )


def _end_log(store: Store, build_id: int) -> tuple[int, int]:
    """Say in the log that it was cut, unless the server that stopped has said so; returns its bytes and lines."""
    path = store.logs.path(build_id)
    lines, last = 0, b""
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                lines += block.count(b"\n")
                last = (last + block)[-_LONGEST_END:]
            size = file.tell()
    except OSError:
        return 0, 0
    end = parse_line(last.rstrip(b"\n").rpartition(b"\n")[2])
    if last.endswith(b"\n") and end.stream == STREAM_TRAILER and end.text.startswith(LAST_WORDS):
        return size, lines
    mend = b"" if last.endswith(b"\n") or not last else b"\n"
    remark = format_line(end.step, end.elapsed_ms, STREAM_TRAILER, _CUT)
    try:
        with path.open("ab") as file:
            file.write(mend + remark)
    except OSError as error:
        _LOG.warning("the log of build %d ends without a word: %s", build_id, error)
        return size, lines
    return size + len(mend + remark), lines + len(mend) + 1
