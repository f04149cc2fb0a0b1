"""Build states of an image record and of one build, with the words and symbols that show them."""

from __future__ import annotations

from enum import StrEnum


class ImageStatus(StrEnum):
    """The six states of an image record."""

    BUILD_PENDING = "build_pending"
    BUILDING = "building"
    BUILD_FINISHED = "build_finished"
    BUILD_CANCELLED = "build_cancelled"
    SNAPSHOTTING = "snapshotting"
    ERROR = "error"

    @property
    def label(self) -> str:
        """The state in words, as every screen and the command line write it."""
        return "Error" if self is ImageStatus.ERROR else self.value.replace("_", " ").capitalize()

    @property
    def symbol(self) -> str:
        """One character that tells the state without colour."""
        return _IMAGE_SYMBOLS[self]

    @property
    def is_active(self) -> bool:
        """Whether a build is queued or runs."""
        return self in (ImageStatus.BUILD_PENDING, ImageStatus.BUILDING)


_IMAGE_SYMBOLS = {
    ImageStatus.BUILD_PENDING: "·",
    ImageStatus.BUILDING: "◐",
    ImageStatus.BUILD_FINISHED: "✔",
    ImageStatus.BUILD_CANCELLED: "⊘",
    ImageStatus.SNAPSHOTTING: "◑",
    ImageStatus.ERROR: "✖",
}


class BuildState(StrEnum):
    """The states of one build."""

    PENDING = "pending"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """The server ended while it ran; the build is requeued once."""

    @property
    def is_active(self) -> bool:
        """Whether the build still waits or runs."""
        return self in (BuildState.PENDING, BuildState.RUNNING)

    @property
    def label(self) -> str:
        """The state in words."""
        return self.value.capitalize()

    @property
    def symbol(self) -> str:
        """One character that tells the state without colour."""
        return _BUILD_SYMBOLS[self]

    @property
    def image_status(self) -> ImageStatus:
        """The state of the image record whose last build is in this state."""
        return _IMAGE_STATUS[self]


_IMAGE_STATUS = {
    BuildState.PENDING: ImageStatus.BUILD_PENDING,
    BuildState.RUNNING: ImageStatus.BUILDING,
    BuildState.FINISHED: ImageStatus.BUILD_FINISHED,
    BuildState.CANCELLED: ImageStatus.BUILD_CANCELLED,
    BuildState.FAILED: ImageStatus.ERROR,
    BuildState.INTERRUPTED: ImageStatus.ERROR,
}


_BUILD_SYMBOLS = {
    BuildState.PENDING: "·",
    BuildState.RUNNING: "◐",
    BuildState.FINISHED: "✔",
    BuildState.CANCELLED: "⊘",
    BuildState.FAILED: "✖",
    BuildState.INTERRUPTED: "↯",
}


class StepState(StrEnum):
    """The states of one step of a build."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    CACHED = "cached"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def symbol(self) -> str:
        """One character that tells the state without colour."""
        return {"pending": "·", "running": "◐", "done": "✔", "cached": "✔", "failed": "✖", "cancelled": "⊘"}[self.value]


class Phase(StrEnum):
    """The parts of a build, in the order in which they run."""

    PREPARE = "prepare"
    RESOLVE = "resolve"
    BUILD = "build"
    SQUASH = "squash"
    TAG = "tag"
    FACTS = "facts"
    PUSH = "push"

    @property
    def label(self) -> str:
        """The phase in words."""
        return {
            "prepare": "Prepare the build context",
            "resolve": "Fetch the image",
            "build": "Build",
            "squash": "Squash",
            "tag": "Tag",
            "push": "Push",
            "facts": "Collect facts",
        }[self.value]


class HostState(StrEnum):
    """Whether a Docker host can take work."""

    UNKNOWN = "unknown"
    ONLINE = "online"
    OFFLINE = "offline"
    DISABLED = "disabled"

    @property
    def symbol(self) -> str:
        """One character that tells the state without colour."""
        return {"unknown": "·", "online": "✔", "offline": "✖", "disabled": "⊘"}[self.value]
