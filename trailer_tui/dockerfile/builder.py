"""What the builder of a host understands of a Dockerfile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trailer_tui.dockerfile.parse import ParsedDockerfile
    from trailer_tui.model.host import Capabilities


@dataclass(frozen=True, slots=True)
class Builder:
    """One builder; by default one that understands everything."""

    buildkit: bool = True
    """False for the classic builder."""
    heredocs: bool = True
    """Also stands for what came with them: `--link`, `--checksum` and other late flags."""
    git_sources: bool = True
    """Whether ADD clones a git address."""
    git_folders: bool = True
    """Whether ADD can take one folder of a repository; with a newer frontend, an older builder still cannot."""
    mounts: bool = True
    """Whether RUN can mount secrets, caches and the ssh agent."""
    syntax_directive: bool = True
    """Whether `# syntax=` brings a newer frontend."""
    label: str = "the host uses another builder"
    """For messages: `host build-01 uses the classic builder`."""

    @classmethod
    def of(cls, capabilities: Capabilities | None, host: str = "") -> Builder:
        """The builder that `host` has; a host that was never reached is taken to understand everything."""
        if capabilities is None:
            return ANY_BUILDER
        buildkit = capabilities.builder == "buildkit"
        kind = f"BuildKit of {capabilities.engine} {capabilities.engine_version}" if buildkit else "the classic builder"
        return cls(
            buildkit=buildkit,
            heredocs=capabilities.heredocs,
            git_sources=capabilities.git_sources,
            git_folders=capabilities.git_sources,
            mounts=capabilities.secrets,
            syntax_directive=capabilities.syntax_directive,
            label=f"host {host} uses {kind}" if host else f"the host uses {kind}",
        )

    @property
    def has_frontends(self) -> bool:
        """Whether a line in the file can bring what the builder itself lacks."""
        return self.buildkit and self.syntax_directive

    def with_frontend_of(self, parsed: ParsedDockerfile) -> Builder:
        """The builder as it is for this file, whose `# syntax=` may choose a newer frontend."""
        if self.has_frontends and parsed.directives.get("syntax"):
            return replace(self, heredocs=True, git_sources=True, mounts=True)
        return self


ANY_BUILDER = Builder()
"""For a file of which nobody knows where it will be built."""
