"""Looking for what must not be there: in files, in command lines and in environments."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Collection
from pathlib import Path


def forms(secret: str, *, user: str = "", registry: str = "") -> set[bytes]:
    """How a password may be written: as it is, in base64, in hex, as Docker's headers carry it."""
    texts = {secret, f"{user}:{secret}"} if user else {secret}
    encoded = {text.encode() for text in texts}
    header = {"username": user, "password": secret, "serveraddress": registry}
    encoded |= {base64.urlsafe_b64encode(json.dumps(entry).encode()) for entry in (header, {registry: header})}
    found = set(encoded)
    for data in encoded:
        found |= {base64.b64encode(data).rstrip(b"="), data.hex().encode()}
        # In the middle of something longer, only whole groups of three bytes keep their letters.
        found |= {base64.b64encode(data[skip : skip + (len(data) - skip) // 3 * 3]) for skip in range(3)}
    return found


def files_with(folder: Path, needles: Collection[bytes], *, but: Path) -> list[Path]:
    """The files below `folder`, other than those below `but`, in which a needle stands."""
    files = [path for path in folder.rglob("*") if path.is_file() and but not in path.parents]
    assert files
    return [path for path in files if any(needle in path.read_bytes() for needle in needles)]


class ProcessWatch:
    """Reads command lines and environments of all processes, over and over, while the block runs."""

    def __init__(self, needles: Collection[bytes]) -> None:
        self.seen: set[str] = set()
        """Processes in which a needle stood."""
        self.looks = 0
        self._needles = needles
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> ProcessWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            self.looks += 1
            for process in Path("/proc").glob("[0-9]*"):
                for name in ("cmdline", "environ"):
                    try:
                        data = (process / name).read_bytes()
                    except OSError:
                        continue  # it has ended, or is somebody else's
                    if any(needle in data for needle in self._needles):
                        self.seen.add(f"{process.name} {name} {data[:80]!r}")
