"""Keeps track of the question what the chosen services imply for other fields: asked, answered, failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailer_tui.app.form.fields import typed
from trailer_tui.app.form.places import place_of
from trailer_tui.app.form.service_choices import PREFILLED, prefill_request
from trailer_tui.model.prefill import DESKTOP_FIELD

if TYPE_CHECKING:
    from trailer_tui.app.form.draft_state import DraftState
    from trailer_tui.app.form.fields import Field, Value
    from trailer_tui.model.errors import TrailerError
    from trailer_tui.model.prefill import Prefill, PrefillRequest

_Choices = tuple[object, ...]


class Prefilling:
    """One form's questions. What was typed meanwhile makes an answer late, and a late answer counts for nothing."""

    def __init__(self, state: DraftState) -> None:
        self._state = state
        self._settled = self._choices(prefill_request(state))
        """The choices whose consequences are in the form, or were given up."""
        self._asked: _Choices | None = None
        self.error: TrailerError | None = None
        """Why the last question has no answer."""
        self.warnings: list[str] = []
        """What of the choices does not fit the build host."""
        self.reasons: dict[str, str] = {}
        """Why fields were prefilled, by their paths."""

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is still to come."""
        return self._asked is not None

    def next_question(self, *, again: bool = False) -> PrefillRequest | None:
        """The question to send now; None when the choices are those of the last one.

        Args:
            again: also when that one failed.
        """
        request = prefill_request(self._state)
        choices = self._choices(request)
        if choices == self._asked:
            return None
        if choices == self._settled and not (again and self.error):
            self._asked = None  # changed and changed back: what is on its way is of no use
            return None
        self._asked, self.error = choices, None
        return request

    def take_answer(self, request: PrefillRequest, answer: Prefill) -> bool:
        """Put the answer into the form; returns whether it was still wanted."""
        if not self._is_wanted(request):
            return False
        values: dict[str, Value] = {}
        for found in answer.fields:
            field = self._field(found.field)
            if field is not None:
                values[field.path] = typed(field, found.value)
                self.reasons[field.path] = found.reason
        self._state.take_prefill(values)
        self.warnings = list(answer.warnings)
        self._settle(request)
        return True

    def take_error(self, request: PrefillRequest, error: TrailerError) -> bool:
        """Note that there is no answer: the form goes on without. Returns whether one was still wanted."""
        if not self._is_wanted(request):
            return False
        self._settle(request)
        self.error = error
        return True

    def stored_question(self) -> PrefillRequest | None:
        """The question whether a record's fields hold what the server would propose; None without services."""
        request = prefill_request(self._state)
        if not request.operating_system:
            return None
        return request.model_copy(update={"edited": [DESKTOP_FIELD]})

    def take_stored_answer(self, answer: Prefill) -> None:
        """Let the fields that hold what the server would propose follow it from now on."""
        others = {field for found in answer.fields if (field := self._field(found.field)) is not None}
        same = [field for field in PREFILLED if self._state.applies(field) and field not in others]
        self._state.follow_prefill(*same)

    def _field(self, path: str) -> Field | None:
        place = place_of(path, self._state.applies)
        return place.field if place is not None and place.field in PREFILLED else None

    def _is_wanted(self, request: PrefillRequest) -> bool:
        return self._choices(request) == self._asked == self._choices(prefill_request(self._state))

    def _settle(self, request: PrefillRequest) -> None:
        self._settled, self._asked = self._choices(request), None

    def _choices(self, request: PrefillRequest) -> _Choices:
        """What of a request makes it another question: not the fields that an answer fills in."""
        chosen = (request.operating_system, *request.applications, *request.desktop_applications)
        may_follow = any(chosen) or any(self._state.is_prefilled(field) for field in PREFILLED)
        return (
            request.mode if may_follow else "",
            request.operating_system,
            request.environment,
            tuple(request.applications),
            tuple(request.desktop_applications),
            request.host_id if request.operating_system else None,
        )
