"""Builds in words: pushes, warnings, places in the queue, and the hosts to choose from."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.app.form_client import FormClient
from tests.app.server_stand_in import NOW, local_host, measured, queued_build
from tests.app.test_host_details import BUILDKIT
from tests.app.test_image_form import form
from trailer_tui.app.builds.facts import build_facts
from trailer_tui.app.builds.live_build import LiveBuild
from trailer_tui.app.builds.wording import notice_lines, outcome_words, state_words
from trailer_tui.app.hosts.facts import pruned, usage
from trailer_tui.app.hosts.wording import disk_sentence, free_words
from trailer_tui.app.hosts.wording import state_words as host_state_words
from trailer_tui.app.widgets.build_history import history_line
from trailer_tui.humanize import ordinal
from trailer_tui.model.build import Build, BuildFailure, BuildKind
from trailer_tui.model.host import DiskSpace, PruneItem, PruneTarget
from trailer_tui.model.image import GenerateConfiguration
from trailer_tui.model.status import BuildState, HostState, Phase

WARNING = "build-01 has 3.1 GB left"
FULL = DiskSpace(total=100_000_000_000, free=3_100_000_000, measured_at=datetime.fromtimestamp(NOW, UTC))


def live(**changes: object) -> LiveBuild:
    summary = queued_build(1, "torch", **changes)
    return LiveBuild(Build(**summary.model_dump(), configuration=GenerateConfiguration(image_name="torch:latest")))


def test_a_push_alone_is_called_one() -> None:
    push = queued_build(1, "torch", kind=BuildKind.PUSH, state=BuildState.RUNNING)
    assert outcome_words(push) == "Pushing"
    assert state_words(push.model_copy(update={"state": BuildState.FAILED}), datetime.now(UTC)) == "✖ Error"
    assert "(push only)" in history_line(push)
    assert "(push only)" not in history_line(queued_build(1, "torch"))
    assert any("without building" in line.text for line in build_facts(push, NOW))


def test_what_was_warned_of_stays_on_the_build() -> None:
    assert notice_lines(live(warnings=[WARNING]), last_lines=2)[0] == f"! {WARNING}"
    failure = BuildFailure(phase=Phase.BUILD, message="no space left on device")
    failed = notice_lines(live(warnings=[WARNING], state=BuildState.FAILED, failure=failure), last_lines=2)
    assert failed[0].startswith("✖")
    assert failed[-1] == f"! {WARNING}"
    assert any(WARNING in line.text for line in build_facts(queued_build(1, "torch", warnings=[WARNING]), NOW))


def test_a_waiting_build_says_its_place_and_why() -> None:
    waiting = notice_lines(live(queue_position=2), last_lines=2)
    assert waiting == ["· Waiting, 2nd in the queue of build-01: build-01 runs 2 builds at a time"]
    facts = build_facts(queued_build(1, "torch", queue_position=2), NOW)
    assert any(line.text == "2nd in the queue of build-01: build-01 runs 2 builds at a time" for line in facts)


def test_ordinals() -> None:
    assert [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 112, 123)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th", "123rd")
    ]


def test_a_disk_is_marked_by_a_word_when_little_is_left() -> None:
    host = local_host(disk=FULL)
    assert free_words(host.disk, 5e9) == "! 3.1 GB"
    assert free_words(host.disk, 1e9) == "3.1 GB"
    assert disk_sentence(host, 5e9) == "! low: 3.1 GB free, 96.9 GB used (97%) of 100.0 GB"
    assert disk_sentence(local_host(disk_note="no image to measure with"), 5e9) == "not known: no image to measure with"


def test_a_disk_that_could_not_be_measured_is_told_with_the_reason_where_its_use_is_told() -> None:
    lines = usage(measured(disk=None, disk_note="no image to measure with"))
    assert any("not known: no image to measure with" in line.text for line in lines)


def test_a_build_that_was_cancelled_in_the_queue_never_started() -> None:
    cancelled = queued_build(1, "torch", state=BuildState.CANCELLED, queue_position=None, waiting_reason="")
    started = [line for line in build_facts(cancelled, NOW) if "Started" in line.lead]
    assert [line.text for line in started] == ["never"]


def test_a_cancel_says_whether_anything_had_begun() -> None:
    waiting = live(state=BuildState.CANCELLED, queue_position=None, waiting_reason="")
    assert notice_lines(waiting, last_lines=3) == ["⊘ Cancelled before it began."]
    begun = live(state=BuildState.CANCELLED, queue_position=None, started_at=FULL.measured_at)
    assert notice_lines(begun, last_lines=3) == ["⊘ Cancelled; what it had begun on the host was ended."]


def test_a_host_that_nobody_looked_at_says_so() -> None:
    assert host_state_words(local_host(state=HostState.UNKNOWN), NOW) == "· not looked at"


def test_what_a_prune_could_not_remove_is_told() -> None:
    items = [
        PruneItem(target=PruneTarget.DANGLING_IMAGES, count=2, size=1_000_000),
        PruneItem(target=PruneTarget.BUILD_CACHE, count=0, size=0, error="a build uses it"),
    ]
    assert pruned("build-01", items).split("\n") == [
        "build-01: freed 1.0 MB: dangling images 1.0 MB (2)",
        "✖ Build cache: a build uses it",
    ]


async def test_the_form_warns_of_a_host_that_is_nearly_full() -> None:
    client = FormClient([local_host(disk=FULL, capabilities=BUILDKIT)])
    async with form(client) as user:
        await user.press("ctrl+n")
        strips = user.app.screen._compositor.render_strips()
        text = "\n".join("".join(segment.text for segment in strip) for strip in strips)
        assert "Docker 28.5.2 · BuildKit · linux/x86_64" in text
        assert "! little disk space: 3.1 GB of 100.0 GB free" in text
