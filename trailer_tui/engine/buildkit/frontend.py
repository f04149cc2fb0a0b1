"""What the Dockerfile frontend is told of a build."""

from __future__ import annotations

from trailer_tui.engine.context_stream import dockerfile_name
from trailer_tui.engine.interface import BuildRequest


def attributes(request: BuildRequest, platform: str = "") -> dict[str, str]:
    """The attributes of `Solve`. Bases are looked for on the host first, then at their registry."""
    found = {"filename": dockerfile_name(request.context), "image-resolve-mode": "local"}
    if request.no_cache:
        found["no-cache"] = ""
    if platform:
        found["platform"] = platform
    found |= {f"context:{named}": f"docker-image://{taken}" for named, taken in request.stand_ins.items()}
    return found | {f"build-arg:{name}": value for name, value in request.build_args.items()}
