"""BuildKit's errors without what only its developers can read."""

from __future__ import annotations

import re

_NOISE = re.compile(
    r"rpc error: code = \w+ desc = "
    r"|failed to solve(?: with frontend [\w.]+)?: "
    r"|failed to create LLB definition: "
    r"|failed to calculate checksum of ref \S+: "
    r"|failed to compute cache key: (?=failed to calculate|\")"
)


def plain_error(error: str) -> str:
    """`error` without gRPC's and the solver's own words: `"/tool": not found`."""
    quoted = error.find('"')
    end = len(error) if quoted < 0 else quoted + 1
    return _NOISE.sub("", error[:end]) + error[end:]
