"""Use cases of build secrets: stored by an account, used by builds of its images alone, read by nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from trailer_tui.model.errors import FieldProblem, InvalidInput, NotApplicable
from trailer_tui.model.identity import Actor
from trailer_tui.model.secret import MAX_SECRET_BYTES, SecretInfo
from trailer_tui.service.permissions import may_see, visible_creator
from trailer_tui.store.secrets import SecretRecords, missing_secret


class SecretService:
    """Build secrets for the acting user."""

    def __init__(self, records: SecretRecords) -> None:
        self._records = records

    async def all(self, actor: Actor) -> list[SecretInfo]:
        """The actor's secrets; an administrator sees the names of everybody's."""
        return await self._records.all(visible_creator(actor))

    async def put(self, actor: Actor, name: str, value: bytes) -> SecretInfo:
        """Store a secret of the actor's own; builds that start from now on get the new value.

        Raises:
            InvalidInput: the value is empty or too large.
            SecretUnreadable: the server's key file cannot be used.
        """
        if not value or len(value) > MAX_SECRET_BYTES:
            problem = _wrong_size(len(value))
            raise InvalidInput(problem.sentence(), fields=(problem,))
        return await self._records.put(actor.name, name, value)

    async def delete(self, actor: Actor, name: str, *, owner: str | None = None, force: bool = False) -> None:
        """Forget a secret of the actor, or as an administrator of another `owner`.

        Raises:
            NotFound: there is none, or the actor may not see it.
            NotApplicable: images name it, and `force` is not set.
        """
        owner = actor.name if owner is None else owner
        if not may_see(actor, owner):
            raise missing_secret(owner, name)
        await self._records.delete(owner, name, force=force)

    async def reader(self, creator: str, names: Sequence[str]) -> Mapping[str, Callable[[], bytes]]:
        """What reads the secrets of an image's creator, by name; a value is decrypted each time it is called.

        The callables block, may be called from any thread, and give what was stored now, whatever happens to the
        records meanwhile.

        Raises:
            NotApplicable: some are missing; names them.
            SecretUnreadable: one cannot be decrypted.
        """
        if not names:
            return {}
        found = await self._records.sealed(creator, names)
        missing = [name for name in dict.fromkeys(names) if name not in found]
        if missing:
            what = f"the build secret {missing[0]}" if len(missing) == 1 else f"the build secrets {', '.join(missing)}"
            raise NotApplicable(
                f"this image needs {what}, and {creator} has stored none of that name",
                hint=f"store it as {creator}: trailer secrets set {missing[0]}",
            )
        readers = {name: partial(self._records.open, secret) for name, secret in found.items()}
        for read in readers.values():
            await asyncio.to_thread(read)
        return readers


def _wrong_size(size: int) -> FieldProblem:
    if not size:
        return FieldProblem("value", "", "is empty", "give the secret on standard input or with --file")
    limit = MAX_SECRET_BYTES // 1024
    return FieldProblem("value", f"{size} bytes", "is too large for a build secret", f"at most {limit} KiB are taken")
