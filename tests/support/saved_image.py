"""What an image holds, byte for byte: its configuration and every layer, as the engine saves them."""

from __future__ import annotations

import gzip
import tarfile
import tempfile
from collections.abc import Collection

from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.wire import HostAddress

_GZIP = b"\x1f\x8b"


def found_in_image(address: str, reference: str, needles: Collection[bytes]) -> set[bytes]:
    """Those of the needles that stand anywhere in the image."""
    client = EngineClient(HostAddress.parse(address), api_version="1.41", timeout=120)
    found: set[bytes] = set()
    with tempfile.TemporaryFile() as file:
        try:
            for piece in client.get_image(reference):
                file.write(piece)
        finally:
            client.close()
        file.seek(0)
        with tarfile.open(fileobj=file) as saved:
            members = [member for member in saved if member.isfile()]
            assert members
            for member in members:
                opened = saved.extractfile(member)
                assert opened is not None
                data = opened.read()
                # A layer is a tar inside the tar, whose files are as they are; some stores compress it.
                data = gzip.decompress(data) if data.startswith(_GZIP) else data
                found |= {needle for needle in needles if needle in data}
    return found
