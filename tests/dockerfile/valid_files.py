"""The valid Dockerfiles under `valid/`, which the parser, the check and the highlighter all have to take."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "valid"
VALID = {path.stem: path.read_bytes().decode() for path in sorted(FOLDER.glob("*.Dockerfile"))}
"""Name to text, line breaks and byte order mark as stored."""
