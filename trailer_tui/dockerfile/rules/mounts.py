"""Mounts of RUN: whether the builder has them, and whether the secrets that they name are given."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from trailer_tui.dockerfile.rules.problem import error, shown, warning

if TYPE_CHECKING:
    from trailer_tui.dockerfile.builder import Builder
    from trailer_tui.dockerfile.parse import Instruction
    from trailer_tui.model.image import DockerfileProblem


def check_mounts(
    instruction: Instruction, builder: Builder, secrets: Collection[str] | None
) -> Iterator[DockerfileProblem]:
    """Mounts that the builder refuses, and secrets that nobody gives.

    Args:
        instruction: any.
        builder: what builds it.
        secrets: names of the build secrets that the steps get; None when they are not known.
    """
    if instruction.keyword != "RUN":
        return
    mounts = [flag.removeprefix("--mount=") for flag in instruction.flags if flag.startswith("--mount=")]
    if mounts and not builder.mounts:
        yield error(
            instruction,
            "mount-unsupported",
            f"--mount needs BuildKit and {builder.label}: choose a host with BuildKit, or do without the mount",
        )
        return
    for mount in mounts:
        name, required = _secret(mount)
        if name and secrets is not None and name not in secrets:
            then = "the step fails" if required else "the step will not find it"
            yield warning(
                instruction,
                "secret-not-given",
                f"the build has no secret {shown(name)}, so {then}: add {shown(name)} to the secrets of the image",
            )


def _secret(mount: str) -> tuple[str, bool]:
    """The id of the secret that a mount names, empty for none or a variable, and whether the step needs it."""
    values = {
        key.strip().lower(): value.strip() for key, _, value in (part.partition("=") for part in mount.split(","))
    }
    if values.get("type") != "secret":
        return "", False
    target = values.get("target") or values.get("dst") or values.get("destination") or ""
    name = values.get("id") or values.get("source") or values.get("src") or target.rpartition("/")[2]
    required = "required" in values and values["required"].lower() in {"", "true", "1"}
    return ("" if "$" in name else name), required
