"""Which action applies to which image, asked by the service before it acts and by screens before they offer.

The table is that of the original product's images page; where it is silent, an operation in progress
(building, snapshotting) blocks what would disturb it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from trailer_tui.model.status import ImageStatus


class ImageAction(StrEnum):
    """What can be done to an image record from a list."""

    BUILD = "build"
    CANCEL = "cancel"
    ENABLE = "enable"
    DISABLE = "disable"
    DELETE = "delete"
    PUSH = "push"
    """Push the image that the last build left on its host, without building again."""
    RESOLVE_AGAIN = "resolve_again"
    """Build, and solve the environments anew instead of taking the packages of the last build."""

    @property
    def label(self) -> str:
        """The action in words."""
        return "Cancel build" if self is ImageAction.CANCEL else self.value.replace("_", " ").capitalize()

    @property
    def queues_build(self) -> bool:
        """Whether it adds a build to the queue."""
        return self in (ImageAction.BUILD, ImageAction.RESOLVE_AGAIN)


def refusal(
    action: ImageAction,
    status: ImageStatus,
    *,
    enabled: bool,
    pushable: bool = False,
    is_template: bool = False,
    has_environments: bool = False,
) -> str | None:
    """Why `action` does not apply to an image in this state, or None when it does.

    Args:
        action: what is asked for.
        status: the state of the record.
        enabled: whether the record is enabled.
        pushable: whether its last build left an image that can be pushed; only asked for a push.
        is_template: whether it is a template, which is never built.
        has_environments: whether its configuration has environments; only asked for resolving them again.
    """
    if action is ImageAction.RESOLVE_AGAIN:
        if not has_environments:
            return "it has no environments whose packages could be resolved"
        action = ImageAction.BUILD
    match action:
        case ImageAction.BUILD | ImageAction.PUSH | ImageAction.CANCEL if is_template:
            return "templates are not built; use it for a new image"
        case ImageAction.BUILD | ImageAction.PUSH if status.is_active:
            return f"already {'queued' if status is ImageStatus.BUILD_PENDING else 'building'}"
        case ImageAction.BUILD | ImageAction.DELETE | ImageAction.PUSH if status is ImageStatus.SNAPSHOTTING:
            return "a snapshot is being taken"
        case ImageAction.PUSH if not pushable:
            return "its last build left no image that could be pushed; build it first"
        case ImageAction.CANCEL if not status.is_active:
            return "no build is queued or running"
        case ImageAction.ENABLE if enabled:
            return "already enabled"
        case ImageAction.DISABLE if not enabled:
            return "already disabled"
        case ImageAction.DELETE if status.is_active:
            return "its build is queued or running; cancel it first"
    return None


class Actionable(Protocol):
    """A record or a row of one."""

    @property
    def status(self) -> ImageStatus: ...
    @property
    def enabled(self) -> bool: ...
    @property
    def pushable(self) -> bool: ...
    @property
    def is_template(self) -> bool: ...
    @property
    def has_environments(self) -> bool: ...


def refusal_for(action: ImageAction, image: Actionable) -> str | None:
    """The same, asked of a record or row."""
    return refusal(
        action,
        image.status,
        enabled=image.enabled,
        pushable=image.pushable,
        is_template=image.is_template,
        has_environments=image.has_environments,
    )
