"""Mounts of RUN: whether the builder has them, and whether the secrets and the agent that they name are given."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trailer_tui.dockerfile.rules.problem import error, shown, warning

if TYPE_CHECKING:
    from trailer_tui.dockerfile.builder import Builder
    from trailer_tui.dockerfile.parse import Instruction
    from trailer_tui.model.image import DockerfileProblem


@dataclass(frozen=True, slots=True)
class Given:
    """What the steps of a build get."""

    secrets: Collection[str]
    """Names of build secrets."""
    ssh_agent: bool


def check_mounts(instruction: Instruction, builder: Builder, given: Given | None) -> Iterator[DockerfileProblem]:
    """Mounts that the builder refuses, and secrets that nobody gives.

    Args:
        instruction: any.
        builder: what builds it.
        given: what the steps get; None when that is not known.
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
    for values in map(_values, mounts if given is not None else ()):
        assert given is not None
        if values.get("type") == "ssh" and not given.ssh_agent:
            yield warning(
                instruction,
                "ssh-agent-not-given",
                "the build gets no ssh agent, so what needs a key fails: switch the ssh agent of the image on",
            )
        name, required = _secret(values)
        if name and name not in given.secrets:
            then = "the step fails" if required else "the step will not find it"
            yield warning(
                instruction,
                "secret-not-given",
                f"the build has no secret {shown(name)}, so {then}: add {shown(name)} to the secrets of the image",
            )


def _values(mount: str) -> dict[str, str]:
    parts = (part.partition("=") for part in mount.split(","))
    return {key.strip().lower(): value.strip() for key, _, value in parts}


def _secret(values: dict[str, str]) -> tuple[str, bool]:
    """The id of the secret that a mount names, empty for none or a variable, and whether the step needs it."""
    if values.get("type") != "secret":
        return "", False
    target = values.get("target") or values.get("dst") or values.get("destination") or ""
    name = values.get("id") or values.get("source") or values.get("src") or target.rpartition("/")[2]
    required = "required" in values and values["required"].lower() in {"", "true", "1"}
    return ("" if "$" in name else name), required
