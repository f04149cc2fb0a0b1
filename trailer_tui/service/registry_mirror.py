"""Images of Docker Hub that a host pulls from a registry of its own."""

from __future__ import annotations

from trailer_tui.model.host import Capabilities
from trailer_tui.model.reference import DEFAULT_DOMAIN, ImageReference


def mirrored(reference: str, mirror: str) -> str | None:
    """The reference under which `mirror` has an image of Docker Hub; None for an image of another registry.

    Args:
        reference: any image reference.
        mirror: registry, or registry and prefix, such as `registry.lan/hub`; empty for none.
    """
    wanted = ImageReference.parse(reference)
    if not mirror or wanted.domain != DEFAULT_DOMAIN:
        return None
    version = f"@{wanted.digest}" if wanted.digest else f":{wanted.tag or 'latest'}"
    return f"{mirror}/{wanted.path}{version}"


def is_pinned(reference: str) -> bool:
    """Whether the reference names its image by digest: then the host can give the image no such name itself."""
    return ImageReference.parse(reference).digest is not None


def takes_stand_ins(capabilities: Capabilities | None) -> bool:
    """Whether a build on the host can take an image under another name than the Dockerfile says.

    BuildKit can since it has heredocs, when it is asked with `Control/Solve`; the classic builder cannot.
    """
    if capabilities is None:
        return False
    return capabilities.builder == "buildkit" and capabilities.heredocs and capabilities.route != "session"
