"""The key that encrypts secrets: one file beside the database, readable by the server's account alone.

Values are Fernet tokens (AES-128-CBC with HMAC-SHA256; source: `docs/spec.md` of the Fernet project) over what the
value belongs to and the value, so that a row that is given to another account or image does not open.
"""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from trailer_tui.model.errors import SecretUnreadable
from trailer_tui.store.failures import translated

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

KEY_NAME = "secrets.key"

_SET_AGAIN = "put the file back from a copy of the data folder, or store the secret again: trailer secrets set NAME"


class SecretKey:
    """Encrypts and decrypts with the key file of a data folder. Every call blocks; safe from any thread."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / KEY_NAME
        self._lock = threading.Lock()

    def encrypt(self, owner: str, name: str, value: bytes) -> bytes:
        """A build secret's value as it is stored. Raises like `seal`."""
        return self.seal(_secret_of(owner, name), value)

    def decrypt(self, owner: str, name: str, ciphertext: bytes) -> bytes:
        """The value that `encrypt` was given.

        Raises:
            SecretUnreadable: the key file is missing, cannot be used or is not the one it was encrypted with.
        """
        value = self.unseal(_secret_of(owner, name), ciphertext)
        if value is None:
            raise SecretUnreadable(
                f"the build secret {name} of {owner} was stored with another key than that in {self.path}",
                hint=_SET_AGAIN.replace("NAME", name),
            )
        return value

    def seal(self, bound_to: bytes, value: bytes) -> bytes:
        """A value encrypted for one place; the key file is made when there is none.

        Args:
            bound_to: names the place; no name of another begins with it.
            value: anything.

        Raises:
            SecretUnreadable: the key file cannot be used.
            StorageFull: the disk is full.
        """
        with self._lock, translated(self.path):
            if not os.path.lexists(self.path):
                _make(self.path)
        return self._fernet().encrypt(bound_to + value)

    def unseal(self, bound_to: bytes, ciphertext: bytes) -> bytes | None:
        """The value that `seal` was given; None when it was sealed with another key or for another place.

        Raises:
            SecretUnreadable: the key file is missing or cannot be used.
        """
        from cryptography.fernet import InvalidToken

        fernet = self._fernet()
        try:
            opened = fernet.decrypt(ciphertext)
        except InvalidToken:
            return None
        return opened[len(bound_to) :] if opened.startswith(bound_to) else None

    def close_to_others(self) -> None:
        """Give an existing key file its mode; a copy put back has the umask's.

        What is wrong with it otherwise is said when a secret is used: nothing else needs the file.
        """
        try:
            if stat.S_ISREG(self.path.lstat().st_mode):
                self.path.chmod(0o600)
        except OSError:
            return

    def check(self) -> None:
        """Make sure that the key file can be used.

        Raises:
            SecretUnreadable: it cannot.
        """
        self._fernet()

    def _fernet(self) -> Fernet:
        # Imported late: only servers that use secrets pay for it.
        from cryptography.fernet import Fernet

        try:
            found = self.path.lstat()
            if not stat.S_ISREG(found.st_mode):
                raise SecretUnreadable(f"{self.path} is no file", hint="move it away")
            if found.st_uid != os.geteuid() or found.st_mode & 0o077:
                raise SecretUnreadable(
                    f"{self.path} is open to others than the server's account (owner {found.st_uid}, mode "
                    f"{stat.S_IMODE(found.st_mode):03o})",
                    hint=f"`chown {os.geteuid()} {self.path}` and `chmod 600 {self.path}`; "
                    "if others may have read it, store new values for all secrets",
                )
            return Fernet(self.path.read_bytes().strip())
        except FileNotFoundError:
            raise SecretUnreadable(
                f"the key file {self.path}, with which secrets are encrypted, is missing", hint=_SET_AGAIN
            ) from None
        except OSError as error:
            raise SecretUnreadable(
                f"the key file {self.path} cannot be read: {error.strerror}", hint="check its owner and permissions"
            ) from error
        except ValueError:
            raise SecretUnreadable(f"{self.path} holds no key", hint=_SET_AGAIN) from None


def _secret_of(owner: str, name: str) -> bytes:
    return f"{owner}\0{name}\0".encode()


def _make(path: Path) -> None:
    """Write a new key to `path`, whole or not at all; a key that is there already stays."""
    from cryptography.fernet import Fernet

    unfinished = path.with_name(f"{path.name}.part")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        # Fails when the name is taken, as O_EXCL does, and never shows half a key under it.
        os.link(unfinished, path)
    except FileExistsError:
        return
    finally:
        unfinished.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
