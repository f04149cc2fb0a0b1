"""Pushing an image without building it, after a question: what a registry got cannot be taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from trailer_tui.model.reference import DEFAULT_DOMAIN, ImageReference

if TYPE_CHECKING:
    from textual.app import App

    from trailer_tui.app.dialogs.confirm import ConfirmResult


def push_after_asking(app: App[Any], image_name: str, host: str, push: Callable[[], None]) -> None:
    """Call `push` when the user agrees to the registry that the name implies.

    Args:
        app: shows the question.
        image_name: the reference that is pushed.
        host: where the image lies.
        push: queues it.
    """
    from trailer_tui.app.dialogs.confirm import ConfirmDialog

    def answered(result: ConfirmResult | None) -> None:
        if result is not None:
            push()

    registry = ImageReference.parse(image_name).registry
    place = "Docker Hub (docker.io), because the name says no registry" if registry == DEFAULT_DOMAIN else registry
    lines = [f"To: {place}", f"The image of the last build on {host} goes there as it is, without building."]
    app.push_screen(ConfirmDialog(f"Push {image_name}?", lines, confirm_label="Push", danger=False), answered)
