"""Docker's credential helpers (`docker-credential-…` programs), bounded in time and quiet.

The protocol: the helper is called with `get`, reads a server's address from standard input and prints a JSON object
with `Username` and `Secret`. Source: docker/docker-credential-helpers, `client/client.go` and `credentials/error.go`.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from contextlib import suppress
from typing import Any

from docker.auth import AuthConfig
from docker.credentials import CredentialsNotFound, StoreError

HELPER_SECONDS = 30.0
"""How long a helper may take: one that asks a cloud takes seconds, one that waits for a person never ends."""


class HelperTimeout(StoreError):
    """The helper did not answer in time and was ended."""


class BoundedHelpers(AuthConfig):
    """docker-py's reading of a Docker configuration, which asks helpers through `_Helper`."""

    def _get_store_instance(self, name: str) -> _Helper:
        return _Helper(name)


class _Helper:
    """One helper program; the part of docker-py's `Store` that is used."""

    def __init__(self, name: str) -> None:
        self._program = f"docker-credential-{name}"

    def get(self, server: str) -> dict[str, Any]:
        """The object with `Username` and `Secret` for a server.

        Raises:
            CredentialsNotFound: the helper has none.
            StoreError: it is missing, fails, takes too long, or answers with something else; its output is not quoted.
        """
        executable = shutil.which(self._program)
        if executable is None:
            raise StoreError(f"{self._program} is not installed")
        answer, code = self._run(executable, server)
        if code:
            if b"credentials not found" in answer:
                raise CredentialsNotFound(self._program)
            raise StoreError(f"{self._program} ended with exit code {code}")
        try:
            found = json.loads(answer)
            username, secret = str(found["Username"]), str(found["Secret"])
        except (ValueError, KeyError, TypeError):
            raise StoreError(f"{self._program} did not answer as a credential helper does") from None
        if not secret:
            raise CredentialsNotFound(self._program)
        return {"Username": username, "Secret": secret}

    def _run(self, executable: str, server: str) -> tuple[bytes, int]:
        """What the helper printed on standard output, and its exit code."""
        try:
            process = subprocess.Popen(
                [executable, "get"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # Its own words belong to nobody's log: they may quote what it holds.
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise StoreError(f"{self._program} cannot be run: {error.strerror}") from None
        with process:
            try:
                answer, _ = process.communicate(server.encode(), timeout=HELPER_SECONDS)
            except subprocess.TimeoutExpired:
                raise HelperTimeout(f"{self._program} did not answer within {HELPER_SECONDS:.0f} seconds") from None
            finally:
                # A helper's own children would hold the pipe open after it.
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
        return answer, process.returncode
