"""The calls about the catalogue, and about what a form's choices imply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailer_tui.client.transport import Transport

if TYPE_CHECKING:
    from trailer_tui.model.catalogue import Catalogue
    from trailer_tui.model.prefill import Prefill, PrefillRequest


class CatalogueCalls(Transport):
    """Catalogue and prefill."""

    async def catalogue(self) -> Catalogue:
        """GET /catalog: what can be chosen for an image, with what the server adds; `problems` names broken files."""
        from trailer_tui.model.catalogue import Catalogue

        return Catalogue.model_validate(await self._json("GET", "/catalog"))

    async def prefill(self, request: PrefillRequest) -> Prefill:
        """POST /prefill: values for fields that nobody edited and that follow from what was chosen."""
        from trailer_tui.model.prefill import Prefill

        return Prefill.model_validate(await self._json("POST", "/prefill", json=request.model_dump(mode="json")))
