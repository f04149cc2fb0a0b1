"""Image: how it comes about, and the advanced settings of each way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Button

from trailer_tui.app.form.fields import (
    BASE_IMAGE,
    DOCKERFILE,
    ENABLED,
    IMAGE_NAME,
    MODE,
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
    shown,
)
from trailer_tui.app.widgets.dockerfile_area import DockerfileArea
from trailer_tui.app.widgets.dockerfile_editor import DockerfileEditor
from trailer_tui.app.widgets.form.choice_strip import ChoiceStrip
from trailer_tui.app.widgets.form.disclosure import Disclosure
from trailer_tui.app.widgets.form.form_field import FormField, choice_key
from trailer_tui.app.widgets.form.line_input import LineInput
from trailer_tui.app.widgets.form.secrets_field import SecretsField, why_not
from trailer_tui.app.widgets.form.section import FormSection
from trailer_tui.app.widgets.form.suggestions import SuggestedInput, SuggestionList
from trailer_tui.app.widgets.tick_box import TickBox
from trailer_tui.catalog.base_images import base_images
from trailer_tui.dockerfile.builder import ANY_BUILDER, Builder
from trailer_tui.dockerfile.rules.mounts import Given
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.app.form.draft_state import DraftState
from trailer_tui.model.host import Host

ADVANCED: tuple[Field, ...] = (IMAGE_NAME, PULL_BASE, SQUASH, WINDOWS_SQUASH, SECRETS, SSH_AGENT, PUSH, ENABLED)
_BASE_NOTE = f"↓ lists {len(base_images())} known images; any other can be typed"
_SQUASH_NOTE = "one layer: smaller, but nothing of it is shared"


class ImageSection(FormSection):
    """The mode switch, the field of the mode, and the advanced block."""

    SECTION_ID = "image"
    TITLE = "Image"
    FIELDS = (MODE, BASE_IMAGE, WINDOWS_BASE_IMAGE, PULLED_IMAGE, DOCKERFILE, *ADVANCED)

    host: Host | None = None
    """The chosen host, once known."""
    prefill_reasons: Mapping[str, str] = {}
    """Why fields were prefilled, by their paths."""

    def compose(self) -> ComposeResult:
        state = self.state
        yield FormField(
            MODE, ChoiceStrip([(mode.value, mode.label) for mode in Mode], state.mode, id="mode"), labelled=False
        )
        known = [(image.reference, image.label) for image in base_images()]
        with Vertical(id="mode-generate"):
            base_image = SuggestedInput(
                [reference for reference, _ in known], value=state.text(BASE_IMAGE), proposal=str(BASE_IMAGE.default)
            )
            yield FormField(BASE_IMAGE, base_image, note=_BASE_NOTE)
            yield SuggestionList(known)
            yield FormField(WINDOWS_BASE_IMAGE, LineInput(state.text(WINDOWS_BASE_IMAGE)), note=" ")
        with Vertical(id="mode-pull"):
            pulled = LineInput(state.text(PULLED_IMAGE), placeholder="registry.lan/team/image:tag")
            yield FormField(PULLED_IMAGE, pulled, note="Pulled onto the build host as it is; nothing is built")
        with Vertical(id="mode-write"):
            yield FormField(DOCKERFILE, DockerfileEditor(state.text(DOCKERFILE), files=()), labelled=False)
        yield Disclosure("Advanced", *self._advanced(), id="advanced")

    def _advanced(self) -> Sequence[Widget]:
        state = self.state
        image_name = FormField(
            IMAGE_NAME,
            LineInput(state.text(IMAGE_NAME)),
            Button("auto", id="automatic-name", compact=True, tooltip="Follow the name again"),
        )
        choices = [("default", "host default"), ("yes", "yes"), ("no", "no")]
        squash = ChoiceStrip(choices, choice_key(state.value(SQUASH)), id="squash")
        windows_squash = ChoiceStrip(choices, choice_key(state.value(WINDOWS_SQUASH)))
        return [
            image_name,
            FormField(PULL_BASE, self._tick_box(PULL_BASE, "even when the host has it")),
            FormField(SQUASH, squash, note=_SQUASH_NOTE),
            FormField(WINDOWS_SQUASH, windows_squash, note="there is nothing to merge in a Windows image"),
            SecretsField(self.session, state),
            FormField(SSH_AGENT, self._tick_box(SSH_AGENT, "steps may use the server's ssh agent"), note=" "),
            FormField(PUSH, self._tick_box(PUSH, "to the registry in the image name")),
            FormField(ENABLED, self._tick_box(ENABLED, "workspaces can be made from it")),
        ]

    def _tick_box(self, field: Field, label: str) -> TickBox:
        return TickBox(label, bool(self.state.value(field)), compact=True)

    def show_state(self) -> None:
        """Show the mode's fields and hide the others'."""
        if not self.is_mounted:
            return
        super().show_state()
        state = self.state
        for mode in Mode:
            self.query_one(f"#mode-{mode.value}").display = mode is state.mode
        for field in (*ADVANCED, BASE_IMAGE, WINDOWS_BASE_IMAGE):
            widget = self.field_widget(field)
            if widget is not None:
                widget.display = state.applies(field)
        self._show_prefilled()
        self._show_image_name()
        host = self.host
        self.editor.builder = Builder.of(host.capabilities, host.name) if host is not None else ANY_BUILDER
        self.editor.given = Given(self.query_one(SecretsField).named, bool(state.value(SSH_AGENT)))
        self._show_secrets()
        squash = self.query_one("#squash", ChoiceStrip)
        squash.label("default", f"host default{self._default_in_words()}")
        problems = state.shown_problems()
        has_problem = any(field.path in problems for field in ADVANCED)
        self.query_one("#advanced", Disclosure).sum_up(self._advanced_summary(), has_problem=has_problem)

    def _show_prefilled(self) -> None:
        """Mark what the server proposed; say of the others what the field is for."""
        usual = {BASE_IMAGE: _BASE_NOTE, SQUASH: _SQUASH_NOTE, WINDOWS_BASE_IMAGE: ""}
        for field, note in usual.items():
            widget = self.field_widget(field)
            if widget is None:
                continue
            if self.state.is_prefilled(field):
                reason = self.prefill_reasons.get(field.path, "by the services")
                note = f"prefilled: {reason}"
            widget.show_note(printable(note))

    def _show_image_name(self) -> None:
        automatic = self.state.image_name_is_automatic
        self.query_one("#automatic-name", Button).display = not automatic
        widget = self.field_widget(IMAGE_NAME)
        if widget is not None:
            edited = "edited · ctrl+r makes it auto again"
            widget.show_note("auto: follows the name until edited" if automatic else edited)

    def _show_secrets(self) -> None:
        self.query_one(SecretsField).show_host(self.host)
        agent = self.field_widget(SSH_AGENT)
        if agent is not None:
            refusal = why_not(self.host) if self.state.value(SSH_AGENT) else ""
            agent.show_note(printable(f"! {refusal}") if refusal else "")

    def _default_in_words(self) -> str:
        if self.host is None:
            return ""
        return " (yes)" if self.host.squash_default else " (no)"

    def _advanced_summary(self) -> str:
        """The flags first: a long image name may lose its end, and stands on General too."""
        state = self.state
        words = [_in_words(field, state) for field in ADVANCED[1:] if state.applies(field)]
        summary = ", ".join(filter(None, words))
        if state.mode in IMAGE_NAME.modes:
            summary += f" · {state.text(IMAGE_NAME)}{' (auto)' if state.image_name_is_automatic else ''}"
        return printable(summary)

    def reveal(self, field: Field) -> Widget | None:
        """Unfold the advanced block when the field is in it."""
        if field in ADVANCED:
            self.query_one("#advanced", Disclosure).is_open = True
        return self.query_one(DockerfileArea) if field is DOCKERFILE else super().reveal(field)

    @property
    def editor(self) -> DockerfileEditor:
        """The editor of write mode."""
        return self.query_one(DockerfileEditor)

    @on(SuggestedInput.ListWanted)
    def open_suggestions(self) -> None:
        """Show the known base images."""
        self.query_one("#mode-generate SuggestionList", SuggestionList).open_at(self.state.text(BASE_IMAGE))

    @on(SuggestionList.Taken)
    def take_suggestion(self, event: SuggestionList.Taken) -> None:
        """Put the chosen image into the input."""
        base_image = self._base_image
        base_image.value = event.value
        base_image.focus()

    @on(SuggestionList.Closed)
    def close_suggestions(self) -> None:
        """Back to the input."""
        self._base_image.focus()

    @property
    def _base_image(self) -> SuggestedInput:
        return self.query_one("#mode-generate SuggestedInput", SuggestedInput)


def _in_words(field: Field, state: DraftState) -> str:
    """One setting of the advanced block in two words."""
    if field in (SQUASH, WINDOWS_SQUASH):
        return f"squash {shown(field, state.value(field))}"
    if field is ENABLED:
        return "enabled" if state.value(field) else "disabled"
    if field is SECRETS:
        count = len([name for name in state.text(field).split(",") if name.strip()])
        return f"{count} secret{'' if count == 1 else 's'}" if count else ""
    if field is SSH_AGENT:
        return "ssh agent" if state.value(field) else ""
    name = "pull base" if field is PULL_BASE else "push"
    return name if state.value(field) else f"no {name}"
