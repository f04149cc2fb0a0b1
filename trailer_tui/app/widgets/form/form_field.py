"""One field of the form: label, control, and below it a note and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Label, Static, TextArea

from trailer_tui.app.form.fields import Field, Value
from trailer_tui.app.form.problems import sentence
from trailer_tui.app.widgets.dockerfile_editor import DockerfileEditor
from trailer_tui.app.widgets.form.choice_strip import ChoiceStrip
from trailer_tui.app.widgets.form.picked_value import PickedValue
from trailer_tui.app.widgets.put_text import put_text
from trailer_tui.app.widgets.tick_box import TickBox
from trailer_tui.model.errors import FieldProblem


class Answering(Protocol):
    """What edits a field and knows its value by now."""

    def answer(self) -> Value:
        """Note that the screen has an edit; returns the present value."""


class FormField(Vertical):
    """Label on the left (or above a control that takes the width), control on the right."""

    @dataclass
    class Edited(Message):
        """The user changed the value. Whoever keeps it calls `take`, once."""

        field: Field
        value: Value
        source: Answering | None = None

        def take(self) -> Value:
            """The value as it is by now: the user may have typed on since the message was sent."""
            return self.value if self.source is None else self.source.answer()

    @dataclass
    class Left(Message):
        """The focus went elsewhere."""

        field: Field

    @dataclass
    class Finished(Message):
        """The user pressed enter: on to the next field."""

        widget: FormField

    def __init__(
        self, field: Field, control: Widget, *beside: Widget, labelled: bool = True, above: bool = False, note: str = ""
    ) -> None:
        """
        Args:
            field: what is edited.
            control: an input, text area, tick box or choice strip.
            beside: what stands to the right of the control.
            labelled: whether there is a label; a control whose options speak for themselves needs none.
            above: whether the label stands above the control.
            note: one short line for those who have not met the field.
        """
        super().__init__(classes="-label-above" if above else "")
        self.field = field
        self.control_widget = control
        self._beside = beside
        self._is_labelled = labelled
        self._note_line = Static(Content(note), classes="form-field-note")
        self._problem_line = Static(Content(""), classes="form-field-problem")
        self._known: Value = self.value
        """The value that the screen knows of; the control's own first messages repeat it."""
        self._unanswered = 0
        """Edits that are on their way to the screen: until it has them, its value is older than the control's."""

    def compose(self) -> ComposeResult:
        with Horizontal(classes="form-field-line"):
            if self._is_labelled:
                yield Label(self.field.label, classes="form-field-label", markup=False)
            yield self.control_widget
            yield from self._beside
        yield self._note_line
        yield self._problem_line

    def on_mount(self) -> None:
        """Show only what there is to read."""
        self._note_line.display = bool(str(self._note_line.content))
        self._problem_line.display = False

    def show_value(self, value: Value) -> None:
        """Put a value into the control, as the program's doing; what the user has typed meanwhile comes first."""
        if value == self._known or self._unanswered or self.value != self._known:
            return
        control = self.control_widget
        with self.prevent(Input.Changed, TextArea.Changed, Checkbox.Changed, ChoiceStrip.Changed, PickedValue.Changed):
            if isinstance(control, Input):
                if control.value != value:
                    control.value = str(value or "")
            elif isinstance(control, TextArea | DockerfileEditor):
                if control.text != value:
                    control.text = str(value or "")
            elif isinstance(control, TickBox):
                control.value = bool(value)
            elif isinstance(control, ChoiceStrip):
                control.chosen = choice_key(value)
            elif isinstance(control, PickedValue):
                control.picked = value
        self._known = self.value

    def show_note(self, note: str | Content) -> None:
        """Replace the line of help."""
        put_text(self._note_line, note)
        self._note_line.display = bool(note)

    def show_problem(self, problem: FieldProblem | None) -> None:
        """Show what is wrong, or that nothing is."""
        put_text(self._problem_line, f"! {sentence(problem)}" if problem else "")
        self._problem_line.display = problem is not None
        self.set_class(problem is not None, "-invalid")

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(DockerfileEditor.Changed)
    @on(Checkbox.Changed)
    @on(ChoiceStrip.Changed)
    @on(PickedValue.Changed)
    def report(self, event: Message) -> None:
        """Tell the screen, with the value as it is now."""
        event.stop()
        value = self.value
        if value != self._known:
            self._known = value
            self._unanswered += 1
            self.post_message(self.Edited(self.field, value, self))

    def answer(self) -> Value:
        """Note that the screen has an edit; returns the present value."""
        self._unanswered -= 1
        return self.value

    @property
    def value(self) -> Value:
        """The control's value in the field's terms."""
        control = self.control_widget
        if isinstance(control, ChoiceStrip):
            return control.chosen if control.literal else choice_value(control.chosen)
        if isinstance(control, PickedValue):
            return control.picked
        if isinstance(control, TextArea | DockerfileEditor):
            return control.text
        assert isinstance(control, Input | TickBox)
        return control.value

    @on(Input.Submitted)
    @on(ChoiceStrip.Finished)
    def finish(self, event: Message) -> None:
        """Enter moves on."""
        event.stop()
        self.post_message(self.Finished(self))

    def on_descendant_blur(self) -> None:
        """From now on the field's problem may be shown."""
        self.post_message(self.Left(self.field))


_WORDS: dict[str, Value] = {"yes": True, "no": False, "default": None}


def choice_value(key: str) -> Value:
    """The value behind a strip's key: `yes`, `no` and `default` stand for True, False and None."""
    return _WORDS.get(key, key)


def choice_key(value: Value) -> str:
    """The strip's key for a value."""
    return next((key for key, known in _WORDS.items() if known is value), str(value))
