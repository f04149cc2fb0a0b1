"""Calls about build secrets: names go both ways, a value goes to the server alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from trailer_tui.client.transport import Transport

if TYPE_CHECKING:
    from trailer_tui.model.secret import SecretInfo


class SecretCalls(Transport):
    """The part of the client that is about build secrets."""

    async def secrets(self) -> list[SecretInfo]:
        """GET /secrets: the caller's own by name; an administrator sees everybody's."""
        from trailer_tui.model.secret import SecretInfo

        return [SecretInfo.model_validate(item) for item in await self._json("GET", "/secrets")]

    async def set_secret(self, name: str, value: bytes) -> SecretInfo:
        """PUT /secrets/{name}: store a value of the caller's own, or replace the one of that name."""
        from trailer_tui.model.secret import SecretInfo

        headers = {"Content-Type": "application/octet-stream"}
        answer = await self._json("PUT", _path(name), content=value, headers=headers)
        return SecretInfo.model_validate(answer)

    async def delete_secret(self, name: str, *, owner: str | None = None, force: bool = False) -> None:
        """DELETE /secrets/{name}?force=: refused while images name it, unless `force`.

        `owner` is another account than the caller's, for administrators.
        """
        params = {"force": force} | ({"owner": owner} if owner is not None else {})
        await self._json("DELETE", _path(name), params=params)


def _path(name: str) -> str:
    return f"/secrets/{quote(name, safe='')}"
