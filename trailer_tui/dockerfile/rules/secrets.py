"""Names of variables whose value hardly belongs into an image."""

from __future__ import annotations

import re

_SECRET = re.compile(
    r"(?:^|_)(?:password|passwd|pword|pwd|passphrase|secret|secrets|token|credential|credentials|apikey"
    r"|(?:api|access|private|secret|auth|encryption)_key)(?:_|$)",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"(?:^|_)(?:public|file|files|path|dir|url|uri|name|id|length|lifetime|ttl|expiry|expiration)(?:_|$)", re.IGNORECASE
)
_WORKING_FOLDERS = frozenset({"PWD", "OLDPWD"})


def looks_secret(name: str) -> bool:
    """Whether a variable of this name probably holds a secret itself, not where to find one."""
    return bool(_SECRET.search(name)) and not _HARMLESS.search(name) and name.upper() not in _WORKING_FOLDERS
