"""What a build keeps of its environments' packages, and when they are resolved anew; odd images and killed servers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.service.world import ADA, BOB, LOCAL, World
from tests.support.fake_engine import FakeEngine
from tests.support.fake_environments import ENVS, Files, conda_file, environment, made, prepare, wanted
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.build import Build
from trailer_tui.model.environment import Environment
from trailer_tui.model.errors import NotApplicable, NotFound
from trailer_tui.model.host import HostDraft
from trailer_tui.model.image import ImageRecord
from trailer_tui.model.resolved import PackageChange
from trailer_tui.model.status import BuildState


@pytest.fixture(autouse=True)
def steps(world: World) -> None:
    """The engine makes the environments without understanding how."""
    prepare(world.engine)


async def built(world: World, *environments: Environment, files: Files) -> tuple[ImageRecord, Build]:
    world.engine.files = files
    record = await world.create(configuration=wanted(*environments))
    return record, await world.built(record.id)


async def again(world: World, record: ImageRecord, action: ImageAction = ImageAction.BUILD) -> Build:
    await world.service.images.act(ADA, record.id, action)
    return await world.built(record.id)


async def edit(world: World, record: ImageRecord, *environments: Environment, **options: Any) -> Build:
    stored = await world.service.images.get(ADA, record.id)
    draft = stored.draft().model_copy(update={"configuration": wanted(*environments)})
    await world.service.images.update(ADA, record.id, draft, revision=stored.revision, build=True, **options)
    return await world.built(record.id)


def texts(world: World) -> dict[str, str]:
    """The files of the last build's context."""
    files = {}
    for entry in world.engine.requests[-1].context.entries:
        with entry.open() as file:
            files[entry.path] = file.read().decode()
    return files


async def test_a_rebuild_takes_what_was_resolved_and_a_review_says_so(world: World) -> None:
    record, first = await built(world, environment(), files=made())
    [resolved] = first.resolved
    assert (resolved.name, resolved.platform) == ("ml", "linux-64")
    assert [(one.name, one.version, one.build, one.sha256) for one in resolved.conda] == [
        ("numpy", "1.0", "py311_0", "a1" * 32)
    ]
    assert [(one.name, one.version) for one in resolved.pypi] == [("rich", "13.0")]
    assert await world.service.builds.resolved(ADA, record.id) == [resolved]
    assert any("1 from conda channels, 1 from PyPI" in line.text for line in await world.lines(first.id))
    shown = await world.service.images.preview(ADA, record.configuration, record.host_id, record.id)
    unsaved = await world.service.images.preview(ADA, record.configuration, record.host_id)
    second = await again(world, record)
    assert second.dockerfile == shown.text == (await world.service.images.dockerfile(ADA, record.id)).text
    assert first.dockerfile == unsaved.text != second.dockerfile
    assert [(file.path, file.size) for file in shown.context_files[1:]] == [
        (path, len(text.encode())) for path, text in texts(world).items()
    ]
    assert (second.locked, second.package_changes, second.compared_with) == ([resolved], [], 1)
    assert any(resolved.conda[0].url in text for text in texts(world).values())


async def test_resolving_again_is_no_earlier_solve_and_its_result_is_taken_from_then_on(world: World) -> None:
    record, first = await built(world, environment(), files=made())
    solved_at_first = texts(world)
    world.engine.files = made(version="2.0", pypi=b"rich==13.0\nnew_one==1\n")
    second = await again(world, record, ImageAction.RESOLVE_AGAIN)
    assert (second.dockerfile, second.locked, second.resolve_again) == (first.dockerfile, [], True)
    assert texts(world) != solved_at_first
    solved_again = texts(world)
    changes = [
        PackageChange(environment="ml", source="conda", name="numpy", before="1.0", after="2.0"),
        PackageChange(environment="ml", source="pypi", name="new-one", after="1"),
    ]
    assert second.package_changes == changes
    third = await again(world, record, ImageAction.RESOLVE_AGAIN)
    assert texts(world) not in (solved_at_first, solved_again)
    fourth = await again(world, record)
    assert (fourth.resolve_again, fourth.locked, fourth.package_changes) == (False, third.resolved, [])
    packages = await world.service.builds.packages(ADA, record.id, 2)
    assert (packages.changes, packages.compared_with, packages.locked) == (changes, 1, [])
    assert (await world.service.builds.packages(ADA, record.id)).locked == ["ml"]


async def test_only_an_edited_environment_is_resolved_by_itself(world: World) -> None:
    record, _ = await built(world, environment("ml"), environment("web"), files=made("ml") | made("web"))
    second = await edit(world, record, environment("ml"), environment("web", conda="numpy>=1"))
    assert [lock.name for lock in second.locked] == ["ml"]
    third = await edit(world, record, environment("ml"), environment("web", conda="numpy>=1"), resolve_again=True)
    assert third.locked == []


async def test_what_was_resolved_for_one_platform_is_not_taken_on_another(world: World) -> None:
    arm = FakeEngine()
    arm.capabilities = arm.capabilities.model_copy(update={"architecture": "arm64"})
    prepare(arm)
    arm.files = made()
    world.engines["unix:///arm.sock"] = arm
    host = await world.service.hosts.create(ADA, HostDraft(name="arm", address="unix:///arm.sock"))
    record, first = await built(world, environment(), files=made())

    async def built_on(host_id: int) -> Build:
        stored = await world.service.images.get(ADA, record.id)
        moved = stored.draft().model_copy(update={"host_id": host_id})
        await world.service.images.update(ADA, record.id, moved, revision=stored.revision, build=True)
        return await world.built(record.id)

    second = await built_on(host.id)
    assert (second.locked, second.resolved[0].platform) == ([], "linux-aarch64")
    assert (second.compared_with, second.package_changes) == (None, [])
    # Back where it came from, it takes what it had there.
    third = await built_on(record.host_id)
    assert (third.locked, third.compared_with) == (first.resolved, 1)
    assert (await built_on(host.id)).locked == second.resolved


BAD = {
    "no records": lambda files: files.clear(),
    "no list of pip's": lambda files: files.pop(f"{ENVS}/ml/conda-meta/trailer-pypi.txt"),
    "no JSON": lambda files: files.update({f"{ENVS}/ml/conda-meta/x.json": b"{"}),
    "deep JSON": lambda files: files.update({f"{ENVS}/ml/conda-meta/x.json": b"[" * 100_000}),
    "a list": lambda files: files.update({f"{ENVS}/ml/conda-meta/x.json": b"[]"}),
    "a name of another kind": lambda files: hostile(files, name=["numpy"]),
    "a command as a name": lambda files: hostile(files, name="$(touch /x)"),
    "lines in a version": lambda files: hostile(files, version="1\nRUN x"),
    "an address of another kind": lambda files: hostile(files, url="file:///etc/passwd.conda"),
    "a hash in the address": lambda files: hostile(files, url="https://x.example/a.conda#0.conda"),
    "a login in the address": lambda files: hostile(files, url="https://ada:s3cret@x.example/a.conda"),
    "a token in the address": lambda files: hostile(files, url="https://x.example/t/s3cret/main/a.conda"),
    "a broken host in the address": lambda files: hostile(files, url="https://[/a.conda"),
    "no hash": lambda files: hostile(files, sha256="zz"),
    "one package twice": lambda files: hostile(files, name="numpy"),
    "an option in pip's list": lambda files: files.update(
        {f"{ENVS}/ml/conda-meta/trailer-pypi.txt": b"rich==13.0\n--index-url=https://x.example==1\n"}
    ),
    "a name that pip does not take": lambda files: files.update(
        {f"{ENVS}/ml/conda-meta/trailer-pypi.txt": b"_own==1.0\n"}
    ),
    "other bytes in pip's list": lambda files: files.update(
        {f"{ENVS}/ml/conda-meta/trailer-pypi.txt": b"\xff\x1b[2J==1"}
    ),
    "a file that is too large": lambda files: files.update({f"{ENVS}/ml/conda-meta/x.json": bytes(32_000_001)}),
}


def hostile(files: Files, **other: object) -> None:
    files[f"{ENVS}/ml/conda-meta/other.json"] = conda_file(**{"name": "other", **other})  # type: ignore[arg-type]


@pytest.mark.parametrize("spoil", BAD.values(), ids=BAD.keys())
async def test_a_set_that_cannot_be_trusted_is_not_kept_and_the_build_finishes(
    world: World, spoil: Callable[[Files], object]
) -> None:
    files = made()
    spoil(files)
    record, build = await built(world, environment(), files=files)
    assert (build.state, build.resolved) == (BuildState.FINISHED, [])
    log = "\n".join(line.text for line in await world.lines(build.id))
    assert "Warning: the packages of environment ml are not kept" in log
    assert "s3cret" not in log
    assert "\x1b" not in log
    with pytest.raises(NotFound, match="packages"):
        await world.service.builds.packages(ADA, record.id)
    assert (await again(world, record)).locked == []


async def test_what_was_made_from_a_lock_stays_known_when_it_cannot_be_read(world: World) -> None:
    record, first = await built(world, environment("ml"), environment("web"), files=made("ml") | made("web"))
    world.engine.files = made("web")
    second = await again(world, record)
    assert second.resolved == first.resolved
    log = "\n".join(line.text for line in await world.lines(second.id))
    assert "Warning: the packages of environment ml are those it was made from, unseen" in log


async def test_a_set_that_cannot_be_read_leaves_the_others_and_brings_back_no_older_one(world: World) -> None:
    record, first = await built(world, environment("ml"), environment("web"), files=made("ml") | made("web"))
    world.engine.files = made("web")
    second = await again(world, record, ImageAction.RESOLVE_AGAIN)
    assert [found.name for found in second.resolved] == ["web"]
    world.engine.read_error = "no space left on device"
    third = await again(world, record, ImageAction.RESOLVE_AGAIN)
    assert third.state is BuildState.FINISHED
    assert any("no space left on device" in line.text for line in await world.lines(third.id))
    assert (await world.service.builds.packages(ADA, record.id)).number == 2
    with pytest.raises(NotFound, match="packages of build 3 of tool are not known"):
        await world.service.builds.packages(ADA, record.id, 3)
    assert first.resolved == (await world.service.builds.get(ADA, first.id)).resolved
    assert (await again(world, record)).locked == []


async def test_a_build_that_is_cancelled_while_its_packages_are_read_ends(world: World) -> None:
    world.engine.read_gate = threading.Event()
    world.engine.files = made()
    record = await world.create(configuration=wanted(environment()))
    await world.until(lambda: "read files" in world.engine.working)
    await world.service.images.act(ADA, record.id, ImageAction.CANCEL)
    assert (await world.built(record.id)).state is BuildState.CANCELLED


async def test_the_build_after_a_killed_server_still_resolves_again(world: World) -> None:
    record, _ = await built(world, environment(), files=made())
    world.engine.read_gate = threading.Event()
    world.engine.files = made(version="2.0")
    await world.service.images.act(ADA, record.id, ImageAction.RESOLVE_AGAIN)
    await world.until(lambda: "read files" in world.engine.working)
    await world.close()
    world.engine.read_gate = None
    await world.start()
    retry = await world.built(record.id)
    assert (retry.number, retry.state, retry.resolve_again, retry.locked) == (3, BuildState.FINISHED, True, [])
    assert retry.retry_of is not None
    assert [change.after for change in retry.package_changes] == ["2.0"]


async def test_the_set_of_a_build_whose_push_failed_is_taken_again(world: World) -> None:
    world.engine.files, world.engine.push_error = made(), "denied"
    configuration = wanted(environment()).model_copy(update={"push": True})
    record = await world.create(configuration=configuration)
    first = await world.built(record.id)
    assert first.state is BuildState.FAILED
    assert (await again(world, record)).locked == first.resolved != []


async def test_others_see_no_packages_and_no_review(world: World) -> None:
    record, _ = await built(world, environment(), files=made())
    with pytest.raises(NotFound):
        await world.service.builds.resolved(BOB, record.id)
    with pytest.raises(NotFound):
        await world.service.builds.packages(BOB, record.id)
    with pytest.raises(NotFound):
        await world.service.images.preview(BOB, record.configuration, record.host_id, record.id)


async def test_an_image_without_environments_has_nothing_to_resolve(world: World) -> None:
    record = await world.create()
    await world.built(record.id)
    with pytest.raises(NotApplicable, match="no environments"):
        await world.service.images.act(ADA, record.id, ImageAction.RESOLVE_AGAIN)
    rows = await world.service.images.rows(ADA, [record.id])
    assert [row.has_environments for row in rows] == [False]
    other, _ = await built_other(world)
    plan = await world.service.images.batch(
        ADA, ImageAction.RESOLVE_AGAIN, [record.id, other.id], plan=True, remove_docker_image=False
    )
    assert (plan.done, [skip.id for skip in plan.skipped]) == ([other.id], [record.id])


async def built_other(world: World) -> tuple[ImageRecord, Build]:
    world.engine.files = made()
    record = await world.create(name="other", configuration=wanted(environment()))
    return record, await world.built(record.id)


async def test_the_installer_is_the_hosts_own(world: World) -> None:
    [host] = await world.service.hosts.all(ADA)
    world.engines[LOCAL].offer("registry.lan/tools/micromamba:2")
    draft = host.draft().model_copy(update={"installer_image": "registry.lan/tools/micromamba:2"})
    await world.service.hosts.update(ADA, host.id, draft)
    _, build = await built(world, environment(), files=made())
    assert build.dockerfile is not None
    assert "FROM registry.lan/tools/micromamba:2 AS " in build.dockerfile
    assert world.engine.pulls == ["registry.lan/tools/micromamba:2"]
