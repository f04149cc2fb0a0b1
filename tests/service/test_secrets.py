"""Whose secrets a build gets, and who may see that they exist."""

from __future__ import annotations

import pytest

from tests.service.world import ADA, BOB, World
from trailer_tui.model.errors import InvalidInput, NotApplicable, NotFound
from trailer_tui.model.identity import Actor

CLARA = Actor(1002, "clara")


async def test_a_build_gets_the_secrets_of_its_images_creator(world: World) -> None:
    secrets = world.service.secrets
    await secrets.put(ADA, "token", b"of ada")
    await secrets.put(BOB, "token", b"of bob")
    readers = await secrets.reader("bob", ["token"])
    assert readers["token"]() == b"of bob"
    assert await secrets.reader("bob", []) == {}


async def test_missing_secrets_are_named_together(world: World) -> None:
    secrets = world.service.secrets
    await secrets.put(ADA, "token", b"of ada")
    with pytest.raises(NotApplicable, match=r"the build secret token, and bob has stored none"):
        await secrets.reader("bob", ["token"])
    with pytest.raises(NotApplicable, match="the build secrets one, two") as raised:
        await secrets.reader("ada", ["one", "token", "two", "one"])
    assert "trailer secrets set one" in raised.value.hint


async def test_a_build_that_runs_keeps_what_it_was_given(world: World) -> None:
    secrets = world.service.secrets
    await secrets.put(ADA, "token", b"old")
    readers = await secrets.reader("ada", ["token"])
    await secrets.put(ADA, "token", b"new")
    await secrets.delete(ADA, "token")
    assert readers["token"]() == b"old"


async def test_others_do_not_learn_that_a_secret_exists(world: World) -> None:
    secrets = world.service.secrets
    await secrets.put(BOB, "token", b"of bob")
    assert await secrets.all(CLARA) == []
    with pytest.raises(NotFound) as unseen:
        await secrets.delete(CLARA, "token", owner="bob")
    with pytest.raises(NotFound) as missing:
        await secrets.delete(BOB, "nothing", owner="bob")
    assert unseen.value.cause == missing.value.cause.replace("nothing", "token")
    assert [found.name for found in await secrets.all(BOB)] == ["token"]


async def test_an_administrator_sees_names_and_may_delete(world: World) -> None:
    secrets = world.service.secrets
    await secrets.put(BOB, "token", b"of bob")
    assert [(found.owner, found.name) for found in await secrets.all(ADA)] == [("bob", "token")]
    await secrets.delete(ADA, "token", owner="bob")
    assert await secrets.all(ADA) == []


@pytest.mark.parametrize("size", [0, 500 * 1024 + 1])
async def test_the_size_has_limits(world: World, size: int) -> None:
    with pytest.raises(InvalidInput) as raised:
        await world.service.secrets.put(ADA, "token", b"x" * size)
    assert "xx" not in raised.value.cause
    assert raised.value.fields[0].field == "value"
