"""Builds: queued with a snapshot, started, followed, ended together with the image's status."""

from __future__ import annotations

import asyncio

import pytest

from tests.store.conftest import Clock
from tests.store.drafts import generated, pulled
from trailer_tui.model.build import BuildFailure, BuildKind, LayerProgress, Step
from trailer_tui.model.errors import EditConflict, NotApplicable, NotFound
from trailer_tui.model.host import Host, HostDraft
from trailer_tui.model.status import BuildState, ImageStatus, Phase, StepState
from trailer_tui.store.store import Store


@pytest.fixture
async def image_id(store: Store, host: Host) -> int:
    draft = generated("tool", host.id, base_image="debian:12")
    return (await store.images.create(draft, creator="ada", status=ImageStatus.BUILD_CANCELLED)).id


def _step(build_id: int, ordinal: int, state: StepState, **rest: object) -> Step:
    values = {"phase": Phase.BUILD, "instruction": f"RUN {ordinal}", "started_ms": 100 * ordinal} | rest
    return Step.model_validate({"build_id": build_id, "ordinal": ordinal, "state": state} | values)


async def test_a_build_goes_from_the_queue_to_its_end_with_the_image(store: Store, image_id: int, clock: Clock) -> None:
    build, row = await store.builds.queue(image_id, requested_by="bob")
    assert (build.state, build.number, build.reference) == (BuildState.PENDING, 1, "tool:latest")
    assert (row.status, row.last_build_id, row.last_build_number) == (ImageStatus.BUILD_PENDING, build.id, 1)
    clock.advance(5)
    build, row = await store.builds.start(build.id, dockerfile="FROM debian:12")
    assert (row.status, build.started_at) == (ImageStatus.BUILDING, clock.now)
    clock.advance(60)
    build, row = await store.builds.finish(
        build.id,
        state=BuildState.FINISHED,
        docker_image_id="sha256:1",
        digest="sha256:2",
        size=5_000_000_000,
        layers=7,
        log_size=99,
        log_lines=3,
    )
    assert (row.status, row.status_detail, build.seconds) == (ImageStatus.BUILD_FINISHED, "", 60)
    whole = await store.builds.get(build.id)
    assert (whole.docker_image_id, whole.digest, whole.size, whole.layers) == (
        "sha256:1",
        "sha256:2",
        5_000_000_000,
        7,
    )
    assert (whole.dockerfile, whole.log_size, whole.log_lines) == ("FROM debian:12", 99, 3)


async def test_a_build_keeps_the_configuration_it_was_queued_with(store: Store, host: Host, image_id: int) -> None:
    build, _ = await store.builds.queue(image_id, requested_by="ada")
    await store.images.update(image_id, generated("renamed", host.id, base_image="debian:13"), revision=1)
    kept = await store.builds.get(build.id)
    assert kept.configuration.model_dump()["base_image"] == "debian:12"
    assert kept.image_name == "tool"
    assert (await store.images.row(image_id)).changed_since_build


async def test_only_one_of_many_requests_at_once_gets_a_build(store: Store, image_id: int) -> None:
    outcomes = await asyncio.gather(
        *(store.builds.queue(image_id, requested_by="ada") for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(outcome, tuple) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, NotApplicable) for outcome in outcomes) == 7
    assert len(await store.builds.active()) == 1


async def test_progress_shows_in_the_row_and_keeps_the_latest_state_of_each_step(store: Store, image_id: int) -> None:
    build, _ = await store.builds.queue(image_id, requested_by="ada")
    await store.builds.start(build.id, dockerfile=None)
    layer = LayerProgress(layer="abc", action="Downloading", current=1, total=2)
    first = [_step(build.id, 1, StepState.RUNNING, layers=[layer]), _step(build.id, 2, StepState.PENDING)]
    await store.builds.progress(build.id, steps=first, steps_done=0, steps_total=2, log_size=1, log_lines=1)
    done = _step(build.id, 1, StepState.CACHED, duration_ms=12)
    summary, row = await store.builds.progress(
        build.id, steps=[done], steps_done=1, steps_total=2, log_size=2, log_lines=2
    )
    assert (row.status_detail, summary.steps_done, summary.log_size) == ("1/2", 1, 2)
    assert await store.builds.steps(build.id) == [done, first[1]]


async def test_progress_leaves_the_last_update_alone(store: Store, image_id: int, clock: Clock) -> None:
    build, _ = await store.builds.queue(image_id, requested_by="ada")
    _, started = await store.builds.start(build.id, dockerfile=None)
    clock.advance(30)
    _, row = await store.builds.progress(build.id, steps=[], steps_done=1, steps_total=9, log_size=0, log_lines=0)
    assert row.updated_at == started.updated_at


async def test_a_failure_marks_its_step_and_cancels_the_others(store: Store, image_id: int, clock: Clock) -> None:
    build, _ = await store.builds.queue(image_id, requested_by="ada")
    await store.builds.start(build.id, dockerfile="x")
    steps = [
        _step(build.id, 1, StepState.DONE, duration_ms=50),
        _step(build.id, 2, StepState.RUNNING),
        _step(build.id, 3, StepState.PENDING),
    ]
    await store.builds.progress(build.id, steps=steps, steps_done=1, steps_total=3, log_size=0, log_lines=0)
    clock.advance(2)
    failure = BuildFailure(
        phase=Phase.BUILD, message="exit code 7", step=2, line=4, exit_code=7, last_output=["no [red] such file"]
    )
    _, row = await store.builds.finish(build.id, state=BuildState.FAILED, failure=failure)
    whole = await store.builds.get(build.id)
    assert (row.status, whole.failure) == (ImageStatus.ERROR, failure)
    assert [step.state for step in whole.steps] == [StepState.DONE, StepState.FAILED, StepState.CANCELLED]
    assert [step.duration_ms for step in whole.steps] == [50, 1800, None]


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (BuildState.FINISHED, ImageStatus.BUILD_FINISHED),
        (BuildState.CANCELLED, ImageStatus.BUILD_CANCELLED),
        (BuildState.FAILED, ImageStatus.ERROR),
        (BuildState.INTERRUPTED, ImageStatus.ERROR),
    ],
)
async def test_each_end_has_its_image_status_and_frees_the_image(
    store: Store, image_id: int, state: BuildState, status: ImageStatus
) -> None:
    build, _ = await store.builds.queue(image_id, requested_by="ada")
    _, row = await store.builds.finish(build.id, state=state)
    assert row.status is status
    again, _ = await store.builds.queue(image_id, requested_by="ada", retry_of=build.id)
    assert (again.number, again.retry_of) == (2, build.id)


async def test_a_build_ends_once(store: Store, image_id: int) -> None:
    build, _ = await store.builds.queue(image_id, requested_by="ada")
    await store.builds.finish(build.id, state=BuildState.CANCELLED)
    with pytest.raises(NotApplicable):
        await store.builds.finish(build.id, state=BuildState.FINISHED)
    with pytest.raises(NotApplicable):
        await store.builds.start(build.id, dockerfile=None)
    with pytest.raises(NotApplicable):
        await store.builds.progress(build.id, steps=[], steps_done=0, steps_total=1, log_size=0, log_lines=0)
    assert (await store.builds.summary(build.id)).state is BuildState.CANCELLED


async def test_a_pending_build_says_why_it_waits_until_it_starts(store: Store, image_id: int) -> None:
    build, _ = await store.builds.queue(image_id, requested_by="ada")
    build, row = await store.builds.set_waiting_reason(build.id, "local is offline")
    assert (build.waiting_reason, row.status_detail) == ("local is offline", "local is offline")
    build, row = await store.builds.start(build.id, dockerfile=None)
    assert (build.waiting_reason, row.status_detail) == ("", "")


async def test_active_builds_are_running_ones_then_the_queue(store: Store, host: Host) -> None:
    builds = []
    for name in "abc":
        record = await store.images.create(generated(name, host.id), creator="ada", status=ImageStatus.ERROR)
        builds.append((await store.builds.queue(record.id, requested_by="ada"))[0].id)
    await store.builds.start(builds[1], dockerfile=None)
    assert [build.id for build in await store.builds.active()] == [builds[1], builds[0], builds[2]]
    (counted,) = await store.hosts.all()
    assert (counted.running, counted.queued) == (1, 2)


async def test_the_history_is_paged_from_the_newest(store: Store, image_id: int) -> None:
    for _ in range(5):
        build, _ = await store.builds.queue(image_id, requested_by="ada")
        await store.builds.finish(build.id, state=BuildState.CANCELLED)
    first = await store.builds.for_image(image_id, limit=2)
    rest = await store.builds.for_image(image_id, limit=9, before=first[-1].number)
    assert [build.number for build in [*first, *rest]] == [5, 4, 3, 2, 1]


async def test_logs_beyond_the_bound_are_given_up_once(store: Store, image_id: int) -> None:
    ids = []
    for _ in range(4):
        build, _ = await store.builds.queue(image_id, requested_by="ada")
        await store.builds.finish(build.id, state=BuildState.CANCELLED)
        ids.append(build.id)
    assert await store.builds.outdated_logs(image_id, keep=1) == ids[:3]
    assert await store.builds.outdated_logs(image_id, keep=1) == []
    assert [(await store.builds.summary(build_id)).log_kept for build_id in ids] == [False, False, False, True]


async def test_a_build_that_is_not_there_is_not_found(store: Store, host: Host) -> None:
    with pytest.raises(NotFound):
        await store.builds.get(5)
    with pytest.raises(NotFound):
        await store.builds.steps(5)
    with pytest.raises(NotFound):
        await store.builds.queue(5, requested_by="ada")


async def test_an_edit_whose_build_cannot_be_queued_is_not_stored(store: Store, host: Host) -> None:
    record = await store.images.create(
        generated("tool", host.id), creator="ada", status=ImageStatus.ERROR, build_for="ada"
    )
    assert record.status is ImageStatus.BUILD_PENDING
    assert record.last_build_number == 1
    with pytest.raises(NotApplicable):
        await store.images.update(record.id, generated("renamed", host.id), revision=1, build_for="ada")
    kept = await store.images.get(record.id)
    assert (kept.name, kept.revision) == ("tool", 1)


async def _built(store: Store, image_id: int) -> int:
    """A finished build that left an image; returns its id."""
    build, _ = await store.builds.queue(image_id, requested_by="ada")
    await store.builds.start(build.id, dockerfile="FROM debian:12", warnings=["the disk is nearly full"])
    await store.builds.finish(
        build.id, state=BuildState.FAILED, docker_image_id="sha256:1", digest="sha256:9", size=5, layers=2
    )
    return build.id


async def test_a_push_takes_over_what_the_last_build_left(store: Store, host: Host, image_id: int) -> None:
    built = await _built(store, image_id)
    await store.images.update(image_id, generated("renamed", host.id, base_image="debian:13"), revision=1)
    assert (await store.images.row(image_id)).pushable
    assert (await store.images.get(image_id)).pushable
    push, row = await store.builds.queue_push(image_id, requested_by="bob")
    assert (push.kind, push.number, push.reference, push.docker_image_id) == (
        BuildKind.PUSH,
        2,
        "tool:latest",
        "sha256:1",
    )
    assert (push.digest, push.warnings, row.status) == (None, [], ImageStatus.BUILD_PENDING)
    assert row.changed_since_build
    whole = await store.builds.get(push.id)
    assert (whole.configuration, whole.dockerfile) == ((await store.builds.get(built)).configuration, "FROM debian:12")
    assert (await store.builds.summary(built)).warnings == ["the disk is nearly full"]


async def test_a_push_that_ended_in_any_way_can_be_repeated(store: Store, image_id: int) -> None:
    await _built(store, image_id)
    for state in (BuildState.CANCELLED, BuildState.FAILED):
        push, _ = await store.builds.queue_push(image_id, requested_by="ada")
        ended, row = await store.builds.finish(push.id, state=state)
        assert (ended.docker_image_id, ended.size, ended.layers, row.pushable) == ("sha256:1", 5, 2, True)


async def test_a_build_that_left_nothing_cannot_be_pushed(store: Store, image_id: int) -> None:
    with pytest.raises(NotApplicable, match="left no image"):
        await store.builds.queue_push(image_id, requested_by="ada")
    await _built(store, image_id)
    again, row = await store.builds.queue(image_id, requested_by="ada")
    assert not row.pushable
    with pytest.raises(NotApplicable, match="already queued"):
        await store.builds.queue_push(image_id, requested_by="ada")
    await store.builds.finish(again.id, state=BuildState.CANCELLED)
    with pytest.raises(NotApplicable, match="left no image"):
        await store.builds.queue_push(image_id, requested_by="ada")


async def test_an_image_that_is_pulled_by_digest_cannot_be_pushed(store: Store, host: Host) -> None:
    draft = pulled("pinned", host.id, f"registry.lan/a@sha256:{'0' * 64}")
    record = await store.images.create(draft, creator="ada", status=ImageStatus.BUILD_CANCELLED)
    await _built(store, record.id)
    assert not (await store.images.row(record.id)).pushable


async def test_a_queued_build_moves_with_its_record(store: Store, image_id: int) -> None:
    other = await store.hosts.create(HostDraft(name="other", address="tcp://other:2375"))
    build, _ = await store.builds.queue(image_id, requested_by="ada")
    await store.builds.set_waiting_reason(build.id, "local is offline")
    before = await store.images.get(image_id)
    moved, row = await store.builds.move(build.id, other.id)
    assert (moved.host_id, moved.host_name, moved.waiting_reason) == (other.id, "other", "")
    assert (row.host_name, row.status, row.status_detail) == ("other", ImageStatus.BUILD_PENDING, "")
    with pytest.raises(EditConflict):
        await store.images.update(image_id, before.draft(), revision=before.revision)
    with pytest.raises(NotFound):
        await store.builds.move(build.id, 99)
    await store.builds.start(build.id, dockerfile=None)
    with pytest.raises(NotApplicable, match="is running"):
        await store.builds.move(build.id, 1)


async def test_a_push_stays_where_the_image_lies(store: Store, image_id: int) -> None:
    other = await store.hosts.create(HostDraft(name="other", address="tcp://other:2375"))
    await _built(store, image_id)
    push, _ = await store.builds.queue_push(image_id, requested_by="ada")
    with pytest.raises(NotApplicable, match="lies on local"):
        await store.builds.move(push.id, other.id)
