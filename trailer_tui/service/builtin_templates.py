"""The templates that come with Trailer as records: listed, found and read like stored ones, changed by nobody."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cached_property

from trailer_tui.catalog.templates import BuiltinTemplate, builtin_templates
from trailer_tui.model.builtin import ANY_HOST, CREATOR, NO_HOST_ID, READ_ONLY, READ_ONLY_HINT, builtin_id, is_builtin
from trailer_tui.model.errors import NotAllowed
from trailer_tui.model.image import ImageRecord
from trailer_tui.model.reference import ImageReference
from trailer_tui.model.rows import ImageQuery, ImageRow
from trailer_tui.model.status import ImageStatus
from trailer_tui.store.image_rows import missing_image
from trailer_tui.store.images import searched_text
from trailer_tui.store.search import fold

_STATUS = ImageStatus.BUILD_CANCELLED
"""What stored templates have too: they were never built."""
_SINCE = datetime.fromtimestamp(0, UTC)
"""They were made and changed by no one at no time."""


class BuiltinTemplates:
    """All of them, in their fixed order. Read from their files when first asked for."""

    def order(self, query: ImageQuery) -> list[int]:
        """The ids of those that `query` shows; they stand before stored templates, however those are sorted."""
        if not query.templates or (query.statuses and _STATUS not in query.statuses):
            return []
        needle = fold(query.text).strip()
        return [found for found, template in self._by_id.items() if needle in self._texts[template.number]]

    def before(self, query: ImageQuery, stored: tuple[bytes, int]) -> tuple[bytes, int]:
        """The answer to `query` with them in front: ids as little-endian uint32, and how many records there are."""
        if not query.templates:
            return stored
        return array("I", self.order(query)).tobytes() + stored[0], len(self._by_id) + stored[1]

    def rows(self, ids: Iterable[int]) -> dict[int, ImageRow]:
        """Rows of those among `ids` that come with Trailer, by id."""
        return {found: _row(self._by_id[found]) for found in ids if found in self._by_id}

    def find(self, name: str) -> list[ImageRow]:
        """Those of that name or numeric id."""
        folded = fold(name.strip())
        return [
            _row(template)
            for found, template in self._by_id.items()
            if fold(template.name) == folded or str(found) == folded
        ]

    def record(self, template_id: int) -> ImageRecord:
        """The whole record. Raises `NotFound`."""
        template = self._by_id.get(template_id)
        if template is None:
            raise missing_image(template_id)
        return ImageRecord(
            id=template_id,
            name=template.name,
            description=template.description,
            is_template=True,
            configuration=template.configuration,
            creator=CREATOR,
            status=_STATUS,
            host_id=NO_HOST_ID,
            host_name=ANY_HOST,
            created_at=_SINCE,
            updated_at=_SINCE,
            revision=1,
        )

    def refuse_change(self, record_id: int) -> None:
        """Let nobody change what comes with Trailer.

        Raises:
            NotAllowed: the record is one of them.
            NotFound: it would be one, but there is none of this id.
        """
        if is_builtin(record_id):
            raise NotAllowed(f"{self.record(record_id).name}: {READ_ONLY}", hint=READ_ONLY_HINT)

    @cached_property
    def _by_id(self) -> dict[int, BuiltinTemplate]:
        return {builtin_id(template.number): template for template in builtin_templates()}

    @cached_property
    def _texts(self) -> dict[int, str]:
        return {template.number: searched_text(template) for template in builtin_templates()}


def _row(template: BuiltinTemplate) -> ImageRow:
    return ImageRow(
        id=builtin_id(template.number),
        name=template.name,
        creator=CREATOR,
        status=_STATUS,
        status_detail="",
        image_name=ImageReference.parse(template.configuration.image_name).familiar(),
        host_id=NO_HOST_ID,
        host_name=ANY_HOST,
        enabled=True,
        pulled=template.configuration.mode == "pull",
        updated_at=_SINCE.timestamp(),
        revision=1,
        last_build_id=None,
        last_build_number=None,
        changed_since_build=False,
        is_template=True,
    )
