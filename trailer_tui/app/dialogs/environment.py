"""The dialog of one named environment."""

from __future__ import annotations

from collections.abc import Collection

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import TextArea

from trailer_tui.app.dialogs.entry import EntryDialog
from trailer_tui.app.form.entry_states import (
    CHANNELS,
    CONDA,
    ENVIRONMENT_NAME,
    PYPI,
    PYPI_INDEX,
    EnvironmentState,
)
from trailer_tui.app.form.fields import Field
from trailer_tui.app.widgets.form.form_field import FormField
from trailer_tui.app.widgets.form.line_input import LineInput
from trailer_tui.model.environment import Environment


class EnvironmentDialog(EntryDialog):
    """Name, channels, packages one a line, and the package index."""

    def __init__(self, environment: Environment | None, *, others: Collection[str], is_imported: bool = False) -> None:
        """
        Args:
            environment: the one to edit; None starts empty.
            others: names of the other environments.
            is_imported: whether it is a new one that was read from a file.
        """
        if environment is None or is_imported:
            super().__init__("New environment", _new(environment, others))
        else:
            super().__init__(f"Environment {environment.name}", EnvironmentState(environment, others=others))

    def fields(self) -> ComposeResult:
        """The fields, in order."""
        yield FormField(ENVIRONMENT_NAME, LineInput(self.state.text(ENVIRONMENT_NAME), placeholder="torch"))
        yield FormField(
            CHANNELS,
            LineInput(
                self.state.text(CHANNELS), placeholder="conda-forge, commas between", proposal=str(CHANNELS.default)
            ),
        )
        yield FormField(CONDA, self._lines(CONDA, "python==3.12\nnumpy>=1.26\nchannel::name\n(one a line)"))
        yield FormField(PYPI, self._lines(PYPI, "flask~=3.0\nhttpx[http2]\n(one a line)"))
        yield FormField(PYPI_INDEX, LineInput(self.state.text(PYPI_INDEX), placeholder="PyPI"))

    def _lines(self, field: Field, placeholder: str) -> TextArea:
        return TextArea(self.state.text(field), compact=True, soft_wrap=False, placeholder=Content(placeholder))


def _new(start: Environment | None, others: Collection[str]) -> EnvironmentState:
    """The state of a new environment, which counts as typed where it starts as another."""
    state = EnvironmentState(None, others=others)
    if start is not None:
        known = EnvironmentState(start)
        for field in state.FIELDS:
            state.change(field, known.value(field))
    return state
