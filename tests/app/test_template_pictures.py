"""How the Templates area looks, compared with kept pictures."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import pytest

from tests.app.server_stand_in import NOW, ServerStandIn, image_row
from tests.app.test_pictures import Compare, app_for, keys
from trailer_tui.dockerfile.review import review
from trailer_tui.model.image import GeneratedDockerfile, ImageRecord
from trailer_tui.model.rows import ImageOrder, ImageQuery, ImageRow
from trailer_tui.service.builtin_templates import BuiltinTemplates

SIZES = [(80, 24), (120, 40)]


class TemplateServer(ServerStandIn):
    """With what comes with Trailer, and three templates of users."""

    def __init__(self) -> None:
        super().__init__([image_row(1, "torch-dev")])
        self.builtin = BuiltinTemplates()
        own = [
            image_row(11, "日本語-[red]name", creator="grace", image_name="registry.lan/team/jax:2030-01"),
            image_row(12, "retired base", enabled=False, host_name="build-02"),
            image_row(13, "team base", pulled=True, updated_at=NOW - 12),
        ]
        ids = self.builtin.order(ImageQuery(templates=True))
        self.templates = self.builtin.rows(ids) | {row.id: row for row in own}

    async def image_order(self, query: ImageQuery) -> ImageOrder:
        if not query.templates:
            return await super().image_order(query)
        found = [row.id for row in self.templates.values() if query.text in row.name.casefold()]
        return ImageOrder(memoryview(array("I", found)), len(self.templates))

    async def image_rows(self, ids: Iterable[int]) -> list[ImageRow]:
        return [(self.rows | self.templates)[image_id] for image_id in ids]

    async def image(self, image_id: int) -> ImageRecord:
        return self.builtin.record(image_id)

    async def image_dockerfile(self, image_id: int) -> GeneratedDockerfile:
        return review(self.builtin.record(image_id).configuration)


@pytest.mark.parametrize("size", SIZES)
def test_templates(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app_for(TemplateServer()), terminal_size=size, run_before=keys("2", "down", "down", "space"))


def test_a_search_for_templates_that_finds_none(snap_compare: Compare) -> None:
    pressed = keys("2", "slash", *"xyz")
    assert snap_compare(app_for(TemplateServer()), terminal_size=(80, 24), run_before=pressed)
