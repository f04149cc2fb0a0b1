"""Saving a draft: one call to the server, with every outcome the form has an answer to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trailer_tui.model.errors import EditConflict, InvalidInput, NotFound, TrailerError
from trailer_tui.model.image import ImageRecord

if TYPE_CHECKING:
    from trailer_tui.app.form.draft_state import DraftState
    from trailer_tui.client.client import TrailerClient


@dataclass(frozen=True, slots=True)
class Saved:
    """The server stored it."""

    record: ImageRecord


@dataclass(frozen=True, slots=True)
class Conflicting:
    """Somebody else saved first."""

    stored: ImageRecord


@dataclass(frozen=True, slots=True)
class Gone:
    """The record was deleted meanwhile."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Fields of the form cannot be used as they are; the state holds their problems."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing the form can point at; the error says it all."""

    error: TrailerError


Outcome = Saved | Conflicting | Gone | Refused | Failed


async def submit(client: TrailerClient, state: DraftState, *, build: bool, as_template: bool = False) -> Outcome:
    """Store the state's draft, which must be valid, and queue a build when `build`.

    A new image is created, as a template if so; an edited one is replaced if nobody saved it meanwhile.
    """
    draft, record = state.draft(as_template=as_template), state.record
    try:
        if record is None:
            return Saved(await client.create_image(draft, build=build))
        return Saved(await client.update_image(record.id, draft, revision=record.revision, build=build))
    except EditConflict as error:
        return await _conflict(client, record, error)
    except NotFound as error:
        return Gone() if record is not None else Failed(error)
    except InvalidInput as error:
        strangers = state.add_server_problems(error.fields)
        return Failed(error) if strangers or not error.fields else Refused()
    except TrailerError as error:
        return Failed(error)


async def _conflict(client: TrailerClient, record: ImageRecord | None, error: EditConflict) -> Outcome:
    if error.current is not None:
        return Conflicting(ImageRecord.model_validate(error.current))
    if record is None:
        return Failed(error)
    try:
        return Conflicting(await client.image(record.id))
    except NotFound:
        return Gone()
    except TrailerError as second:
        return Failed(second)
