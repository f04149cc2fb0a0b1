"""The server starts without what only a build needs."""

from __future__ import annotations

import subprocess
import sys


def test_http2_and_its_messages_are_imported_by_the_first_build() -> None:
    program = (
        "import sys, trailer_tui.engine.docker_engine\n"
        "print([name for name in ('h2', 'hpack', 'google.protobuf') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
