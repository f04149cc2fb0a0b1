"""The settings of a host as options of a command."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trailer_tui.model.errors import InvalidInput

if TYPE_CHECKING:
    from trailer_tui.model.host import Host, HostDraft

_CERTIFICATES = {"tls_ca": "ca", "tls_certificate": "certificate", "tls_key": "key"}
"""Options and the fields of `TlsFiles`."""
_PLAIN = (
    "builder",
    "parallel_builds",
    "squash_default",
    "pull_minutes",
    "build_minutes",
    "push_minutes",
    "registry_mirror",
    "installer_image",
    "labels",
)
"""Options that are called like the field of `HostDraft` that they set."""


def add_settings(parser: argparse.ArgumentParser, *, tell_defaults: bool) -> None:
    """The options of every setting but name, address and enabled; one that is left out is None.

    The help of a command that changes a host must not `tell_defaults`: there an option left out changes nothing.
    """

    def unless(default: object) -> str:
        return f" ({default})" if tell_defaults else ""

    parser.add_argument(
        "--builder", choices=("auto", "buildkit", "classic"), help="the engine's builder to use (auto: BuildKit if any)"
    )
    parser.add_argument(
        "--parallel", type=int, metavar="N", dest="parallel_builds", help=f"builds at a time{unless(2)}"
    )
    parser.add_argument(
        "--squash",
        action=argparse.BooleanOptionalAction,
        dest="squash_default",
        help="squash images into one layer unless their configuration says otherwise",
    )
    for what, deed, usual in (("pull", "pull", 60), ("build", "build", 240), ("push", "push", 60)):
        parser.add_argument(
            f"--{what}-minutes", type=int, metavar="N", help=f"end a {deed} that takes longer{unless(usual)}"
        )
    parser.add_argument(
        "--mirror",
        metavar="REGISTRY[/PREFIX]",
        dest="registry_mirror",
        help="pull images of Docker Hub from here, such as registry.lan/hub; empty for none",
    )
    parser.add_argument(
        "--installer-image",
        metavar="IMAGE",
        help="image with micromamba, which makes environments; empty for the usual one",
    )
    parser.add_argument(
        "--label", action="append", metavar="WORD", dest="labels", help="a word that tells what it is for; repeatable"
    )
    certificates = parser.add_argument_group("certificates of a tcp:// host, files on the machine of the server")
    certificates.add_argument("--tls-ca", metavar="FILE", help="certificate of the authority that signed the engine's")
    certificates.add_argument("--tls-cert", metavar="FILE", dest="tls_certificate", help="certificate to show")
    certificates.add_argument("--tls-key", metavar="FILE", help="key of that certificate")


def changed_settings(options: argparse.Namespace, host: Host | None = None) -> dict[str, Any]:
    """The fields of `HostDraft` that the options set; `host` is the one that is changed.

    Raises:
        InvalidInput: options contradict each other, or certificates are missing.
    """
    settings = {name: getattr(options, name) for name in _PLAIN if getattr(options, name) is not None}
    files = {field: getattr(options, name) for name, field in _CERTIFICATES.items() if getattr(options, name)}
    if files:
        settings["tls"] = _certificates(files, host)
    if host is not None:
        settings |= {
            name: value
            for name, value in (("name", options.new_name), ("address", options.address))
            if value is not None
        }
        if options.no_tls:
            if files:
                raise InvalidInput("--no-tls: certificates are given too", hint="leave out the one or the others")
            settings["tls"] = None
        if options.no_labels:
            settings["labels"] = []
    return settings


def host_draft(settings: Mapping[str, Any]) -> HostDraft:
    """The draft of these settings.

    Raises:
        InvalidInput: names each setting that cannot be used, its value and what to write.
    """
    from pydantic import ValidationError

    from trailer_tui.model.host import HostDraft
    from trailer_tui.model.validation import invalid_input

    try:
        return HostDraft.model_validate(settings)
    except ValidationError as error:
        raise invalid_input(error.errors()) from None


def _certificates(files: Mapping[str, str], host: Host | None) -> dict[str, str]:
    known = host.tls.model_dump() if host is not None and host.tls is not None else {}
    try:
        paths = known | {field: str(Path(path).expanduser().absolute()) for field, path in files.items()}
    except RuntimeError as error:  # there is no such account
        raise InvalidInput(f"a certificate's path cannot be used: {error}", hint="write the whole path") from None
    if len(paths) < len(_CERTIFICATES):
        raise InvalidInput(
            "certificates are missing: the engine and Trailer each check the other's",
            hint="give all of --tls-ca, --tls-cert and --tls-key",
        )
    return paths
