"""Images of Docker Hub that a host pulls from a registry of its own."""

from __future__ import annotations

from trailer_tui.model.reference import DEFAULT_DOMAIN, ImageReference


def mirrored(reference: str, mirror: str) -> str | None:
    """The reference under which `mirror` has an image of Docker Hub; None when it is pulled under its own name.

    An image that is named by digest alone keeps its name: a pulled image can be given a tag, but no digest.

    Args:
        reference: any image reference.
        mirror: registry, or registry and prefix, such as `registry.lan/hub`; empty for none.
    """
    wanted = ImageReference.parse(reference)
    if not mirror or wanted.domain != DEFAULT_DOMAIN or wanted.digest:
        return None
    return f"{mirror}/{wanted.path}:{wanted.tag or 'latest'}"
