"""Names for the build contexts of images, by which an engine knows again which files it has of one."""

from __future__ import annotations

import uuid

from trailer_tui.store.settings import SettingRecords

_SERVER = "context_key"


class ContextKeys:
    """One name for the context of each image record, the same for all of its builds and no other server's."""

    def __init__(self, settings: SettingRecords) -> None:
        self._settings = settings
        self._server = ""

    async def load(self) -> None:
        """Read the server's part of the names; the first start on a data folder makes it up and keeps it."""
        known = await self._settings.get(_SERVER)
        if known is None:
            known = uuid.uuid4().hex
            await self._settings.set(_SERVER, known)
        self._server = known

    def of(self, image_id: int) -> str:
        """The name for this record's context, once `load` is through."""
        return f"{self._server}-{image_id}"
