"""What a container of an image gets in its environment beside what the image itself holds."""

from __future__ import annotations

from trailer_tui.model.image import ImageRecord
from trailer_tui.store.windows_passwords import WindowsPasswords


async def runtime_environment(image: ImageRecord, passwords: WindowsPasswords) -> dict[str, str]:
    """The variables that a container of the image is started with, secrets in clear text.

    For the engine's call that makes the container, and nothing else: no route, event, log or record gives them on.

    Args:
        image: any; only those of Windows have variables.
        passwords: of the store that the image is in.

    Raises:
        SecretUnreadable: the password was stored with a key that is lost.
    """
    password = await passwords.of(image.id) if image.is_windows else None
    return {} if password is None else {"PASSWORD": password}
