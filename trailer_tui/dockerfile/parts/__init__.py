"""The concerns of a generated Dockerfile, one module each: a function from the plan to what it adds.

Templates of the same name lie in `dockerfile/templates`. May import what `dockerfile` may.
"""

from __future__ import annotations

from trailer_tui.dockerfile.parts.environments import environments
from trailer_tui.dockerfile.parts.files import files
from trailer_tui.dockerfile.parts.services import services
from trailer_tui.dockerfile.parts.startup import startup
from trailer_tui.dockerfile.parts.user import user
from trailer_tui.dockerfile.plan import PartMaker

PARTS: tuple[PartMaker, ...] = (services, environments, user, files, startup)
"""In the order of the file: what changes least often is first, so that the builder's cache holds."""
