"""Short ways to write image drafts in tests, and to read an order."""

from __future__ import annotations

from array import array

from trailer_tui.model.image import (
    GenerateConfiguration,
    ImageDraft,
    PullConfiguration,
    WriteConfiguration,
)
from trailer_tui.model.rows import ImageQuery, ImageSort
from trailer_tui.store.store import Store


def generated(name: str, host_id: int, *, image_name: str = "tool", base_image: str = "debian:12") -> ImageDraft:
    """An image whose Dockerfile Trailer writes."""
    configuration = GenerateConfiguration(image_name=image_name, base_image=base_image)
    return ImageDraft(name=name, host_id=host_id, configuration=configuration)


def written(name: str, host_id: int, dockerfile: str, *, description: str = "") -> ImageDraft:
    """An image whose Dockerfile the user writes."""
    configuration = WriteConfiguration(image_name="tool", dockerfile=dockerfile)
    return ImageDraft(name=name, description=description, host_id=host_id, configuration=configuration)


def pulled(name: str, host_id: int, image: str) -> ImageDraft:
    """An image that is pulled."""
    return ImageDraft(name=name, host_id=host_id, configuration=PullConfiguration(image=image))


async def found(store: Store, text: str) -> list[int]:
    """Ids that a search shows, in the order of the names."""
    return await ordered(store, ImageQuery(text=text, sort=ImageSort.NAME, descending=False))


async def ordered(store: Store, query: ImageQuery) -> list[int]:
    """Ids that a query shows."""
    ids, _ = await store.images.order(query)
    numbers = array("I", ids)
    return list(numbers)
