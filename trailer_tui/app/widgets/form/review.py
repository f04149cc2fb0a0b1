"""Review: what Save will do, what stands in its way, and the Dockerfile that will run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from trailer_tui.app.form.fields import (
    BASE_IMAGE,
    BUILT_MODES,
    IMAGE_NAME,
    NAME,
    PULL_BASE,
    PULLED_IMAGE,
    PUSH,
    SECRETS,
    SQUASH,
    SSH_AGENT,
    WINDOWS_BASE_IMAGE,
    WINDOWS_SQUASH,
    Field,
    Mode,
    meant,
)
from trailer_tui.app.form.places import field_named
from trailer_tui.app.form.problems import labelled
from trailer_tui.app.form.review_lines import content_lines
from trailer_tui.app.widgets.form.preview import DockerfilePreview
from trailer_tui.app.widgets.form.section import FormSection
from trailer_tui.app.widgets.put_text import put_text
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.app.form.draft_state import DraftState
    from trailer_tui.model.host import Host


class ReviewSection(FormSection):
    """The last look before saving. It has no field of its own."""

    SECTION_ID = "review"
    TITLE = "Review"

    host: Host | None = None
    """The chosen host, once known."""

    @dataclass
    class JumpWanted(Message):
        """The user wants to mend a field."""

        field: Field

    def compose(self) -> ComposeResult:
        yield Static("", id="review-summary", markup=False)
        yield Static("", id="review-contents", markup=False)
        yield OptionList(id="review-problems", compact=True)
        yield DockerfilePreview(id="review-preview")

    def show_state(self) -> None:
        """Sum up, and list what is wrong."""
        if not self.is_mounted:
            return
        text = summary(self.state, self.host.name if self.host else "")
        put_text(self.query_one("#review-summary", Static), text)
        lines = [f"{title:<9} {printable(words)}" for title, words in content_lines(self.state)]
        contents = self.query_one("#review-contents", Static)
        put_text(contents, "\n".join(lines))
        contents.display = bool(lines)
        problems = self.state.problems()
        options = self.query_one("#review-problems", OptionList)
        options.clear_options()
        options.add_options(Option(Content(f"! {labelled(problem)}"), id=path) for path, problem in problems.items())
        options.display = bool(problems)

    @on(OptionList.OptionSelected, "#review-problems")
    def jump(self, event: OptionList.OptionSelected) -> None:
        """Go to the field."""
        event.stop()
        field = field_named(event.option_id or "")
        if field is not None:
            self.post_message(self.JumpWanted(field))

    def reveal(self, field: Field) -> Widget | None:
        """Nothing here takes input."""
        return None


def summary(state: DraftState, host_name: str) -> str:
    """What Save does, in one or two lines."""
    if state.is_template:
        return f"{printable(state.text(NAME).strip()) or '(no name yet)'}: a template, from which images are made"
    name = printable(state.text(NAME).strip()) or "(no name yet)"
    where = f"on {printable(host_name)}" if host_name else "on no host yet"
    if state.mode is Mode.PULL:
        what = f"{name}: pulls {printable(state.text(PULLED_IMAGE).strip()) or '(no image yet)'} {where}"
    else:
        base = WINDOWS_BASE_IMAGE if state.is_windows else BASE_IMAGE
        source = f"from {printable(state.text(base).strip())}" if state.mode is Mode.GENERATE else "as written"
        what = f"{name}: builds {printable(state.text(IMAGE_NAME).strip())} {source} {where}"
    extras = []
    if state.mode in BUILT_MODES and state.value(PULL_BASE):
        extras.append("pulls the base image even when the host has it")
    if state.mode in BUILT_MODES and state.value(WINDOWS_SQUASH if state.is_windows else SQUASH):
        extras.append("squashes to one layer")
    if state.mode in BUILT_MODES and (secrets := meant(SECRETS, state.value(SECRETS))):
        assert isinstance(secrets, list)
        extras.append(f"with the secret{'' if len(secrets) == 1 else 's'} {printable(', '.join(secrets))}")
    if state.mode in BUILT_MODES and state.value(SSH_AGENT):
        extras.append("with the server's ssh agent")
    if state.value(PUSH):
        extras.append("then pushes")
    return ", ".join([what, *extras])
