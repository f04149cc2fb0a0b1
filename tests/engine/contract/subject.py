"""What the contract is checked on."""

from __future__ import annotations

from dataclasses import dataclass

from tests.engine.recorded import Recorded
from trailer_tui.dockerfile.context import BuildContext, ContextEntry
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.interface import BuildRequest, Engine
from trailer_tui.model.host import Capabilities


@dataclass
class Subject:
    """One engine, with what a test needs to know of it."""

    engine: Engine
    base: str
    """An image with a shell on it."""
    registry: str
    """Host and port that its pushes and pulls can use."""
    capabilities: Capabilities
    address: str = ""
    """Of a real engine."""

    @property
    def is_podman(self) -> bool:
        """Whether it is Podman, which keeps the contract only as far as it goes."""
        return self.capabilities.engine == "Podman"

    def build(
        self,
        instructions: str,
        recorded: Recorded | None = None,
        *entries: ContextEntry,
        cancel: CancelToken | None = None,
    ) -> str:
        """Build these instructions on the base."""
        context = BuildContext(f"FROM {self.base}\n{instructions}", entries)
        return self.run(BuildRequest(context, "test:1"), recorded, cancel=cancel)

    def run(self, request: BuildRequest, recorded: Recorded | None = None, *, cancel: CancelToken | None = None) -> str:
        """Build this request."""
        return self.engine.build(request, recorded or Recorded(), cancel or CancelToken())

    def small_image(self, word: str) -> str:
        """An image of two layers, for pushing and squashing, that no other word makes."""
        text = f"FROM scratch\nLABEL word={word}\nCOPY Dockerfile /one\nCOPY Dockerfile /two\n"
        return self.run(BuildRequest(BuildContext(text), "test:1"))
