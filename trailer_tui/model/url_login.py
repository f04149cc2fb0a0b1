"""Addresses that carry a login: what is in one stays in the image's history and in logs."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

MAX_URL_LENGTH = 2000

_LOGIN = "has a login in it, which would stay in the image and in logs: leave it out, and use a build secret"
_ACCOUNT = re.compile(r"[A-Za-z0-9._-]+")
_CREDENTIAL = re.compile(
    r"(?:^|[_.-])(?:password|passwd|pwd|passphrase|secret|token|credential|credentials|apikey|api[_-]?key|access[_-]?key"
    r"|accesskeyid|private[_-]?key|auth|authorization|signature|sig)$",
    re.IGNORECASE,
)
"""Names of query parameters that log somebody in, signed addresses of object stores (`X-Amz-Signature`, `sig`) too."""


class LoginInUrl(ValueError):
    """An address holds a login; whoever tells of it must not repeat the address."""


def refuse_login(value: str) -> None:
    """Let only addresses on that hold no login and no key.

    A user name alone is part of an ssh address and no secret.

    Raises:
        LoginInUrl: there is one.
        ValueError: the address cannot be read at all. Both messages are "problem: remedy".
    """
    if len(value) > MAX_URL_LENGTH:
        raise ValueError(f"has {len(value)} characters: shorten it to {MAX_URL_LENGTH}")
    if re.search(r"\s", value):
        raise ValueError("has a blank in it: write %20 instead")
    try:
        parts = urlsplit(value)
        login, account, _ = parts.password, parts.username, parts.port
    except ValueError:
        raise ValueError("is no URL: write http://host/path or https://host/path") from None
    if parts.scheme == "" and value.count("@") > 1:
        raise LoginInUrl(_LOGIN)  # git@ada:password@host:path
    allowed = parts.scheme in ("ssh", "git") and account is not None and _ACCOUNT.fullmatch(account)
    if login is not None or ("@" in parts.netloc and not allowed):
        raise LoginInUrl(_LOGIN)
    for name, given in parse_qsl(parts.query, keep_blank_values=True):
        if given and _CREDENTIAL.search(name):
            raise LoginInUrl(
                f"has {name[:40]}= in it, which reads like a key and would stay in the image and in logs: leave it "
                "out, and fetch the file in a RUN step with a build secret"
            )
