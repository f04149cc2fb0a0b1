"""What is added to an image leaves the user of its base image: builds are told who that is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.test_preflight import MODERN
from tests.service.world import ADA, World
from trailer_tui.model.image import GenerateConfiguration, WriteConfiguration

SEVERAL: Any = ["serve", "work"]


async def arguments(world: World, **settings: Any) -> dict[str, str]:
    """The build arguments of the build of such an image."""
    name = f"tool{len(world.engine.requests)}"
    kind = WriteConfiguration if "dockerfile" in settings else GenerateConfiguration
    record = await world.create(name=name, configuration=kind(image_name=f"{name}:latest", **settings))
    await world.built(record.id)
    return world.engine.requests[-1].build_args


@pytest.mark.parametrize(("user", "told"), [("app", "app"), ("1000:1000", "1000:1000"), ("", "root")])
async def test_the_base_images_user_is_told(world: World, user: str, told: str) -> None:
    world.engine.add_image("own:1", user=user)
    assert await arguments(world, base_image="own:1", startup=SEVERAL) == {"TRAILER_BASE_USER": told}


async def test_a_pulled_bases_user_is_told(world: World) -> None:
    world.engine.offer("own:1", user="app")
    assert await arguments(world, base_image="own:1", startup=SEVERAL) == {"TRAILER_BASE_USER": "app"}


async def test_another_group_replaces_the_bases(world: World) -> None:
    world.engine.add_image("own:1", user="app:team")
    assert await arguments(world, base_image="own:1", user={"gid": 7}) == {"TRAILER_BASE_USER": "app"}


async def test_a_hand_written_files_base_is_asked_unless_the_file_says_who(world: World) -> None:
    world.engine.add_image("own:1", user="app")
    asked = await arguments(world, dockerfile="FROM own:1 AS one\nFROM one\n", startup=SEVERAL)
    assert asked == {"TRAILER_BASE_USER": "app"}
    assert await arguments(world, dockerfile="FROM own:1\nUSER me\n", startup=SEVERAL) == {}


async def test_an_image_id_is_a_base_too(world: World) -> None:
    image = world.engine.add_image("own:1", user="app").docker_image_id
    assert await arguments(world, dockerfile=f"FROM {image}\n", startup=SEVERAL) == {"TRAILER_BASE_USER": "app"}


async def test_a_stand_in_of_a_mirror_says_it_for_the_base(world: World) -> None:
    world.engine.capabilities = MODERN
    host = (await world.service.hosts.all(ADA))[0]
    await world.service.hosts.update(ADA, 1, host.draft().model_copy(update={"registry_mirror": "registry.lan/hub"}))
    await world.service.hosts.check(ADA, 1)
    pinned = f"debian@sha256:{'a' * 64}"
    world.engine.offer(f"registry.lan/hub/library/{pinned}", user="app")
    assert await arguments(world, base_image=pinned, startup=SEVERAL) == {"TRAILER_BASE_USER": "app"}
    assert world.engine.requests[-1].stand_ins != {}


async def test_nothing_is_told_where_nothing_is_put_back(world: World) -> None:
    world.engine.add_image("own:1", user="app")
    assert await arguments(world, base_image="own:1", startup=["serve"]) == {}
    configured = await arguments(world, base_image="own:1", startup=SEVERAL, user={"uid": 2001})
    assert configured == {}
