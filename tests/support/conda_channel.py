"""A conda channel that builds reach, with packages that are made here."""

from __future__ import annotations

import hashlib
import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.support.conda_package import CondaPackage
from tests.support.conda_python import SUBDIR


class CondaChannel:
    """Serves the packages that it was given at `address`, to whoever reaches `host`."""

    def __init__(self, folder: Path, host: str) -> None:
        self._folder = folder
        self._records: dict[str, dict[str, Any]] = {subdir: {} for subdir in ("noarch", SUBDIR)}
        for subdir in self._records:
            (folder / "channel" / subdir).mkdir(parents=True)
        self._write_index()
        handler = partial(_Quiet, directory=str(folder))
        self._server = ThreadingHTTPServer(("", 0), handler)
        self.address = f"http://{host}:{self._server.server_port}/channel"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def add(self, package: CondaPackage) -> None:
        """Offer this package from now on."""
        self.add_file(package, package.write(self._folder / "channel" / package.subdir))

    def add_file(self, package: CondaPackage, made: Path) -> None:
        """Offer a package whose file was made before."""
        place = self._folder / "channel" / package.subdir / package.file_name
        if not place.exists():
            place.symlink_to(made)
        data = made.read_bytes()
        self._records[package.subdir][package.file_name] = {
            **package.index,
            "md5": hashlib.md5(data).hexdigest(),
            "sha256": hashlib.sha256(data).hexdigest(),
            "size": len(data),
        }
        self._write_index()

    def add_hello(self, version: str) -> None:
        """Offer `hello-env` of this version: `hello-env` prints the version and its environment's folder."""
        program = f'import sys\n\n\ndef main() -> None:\n    print("hello {version} from", sys.prefix)\n'
        metadata = f"Metadata-Version: 2.1\nName: hello-env\nVersion: {version}\n"
        information = f"site-packages/hello_env-{version}.dist-info"
        files = {
            "site-packages/hello_env.py": program,
            f"{information}/METADATA": metadata,
            f"{information}/INSTALLER": "conda\n",
        }
        self.add(CondaPackage("hello-env", version, files, ["python"], entry_points=["hello-env = hello_env:main"]))

    def close(self) -> None:
        """Take no more connections."""
        self._server.shutdown()
        self._server.server_close()

    def _write_index(self) -> None:
        for subdir, packages in self._records.items():
            index = {"info": {"subdir": subdir}, "packages": packages, "packages.conda": {}, "repodata_version": 1}
            (self._folder / "channel" / subdir / "repodata.json").write_text(json.dumps(index))


def activation_package() -> CondaPackage:
    """A package without programs whose activation sets `FROM_SCRIPT` and `FROM_JSON`, with what needs quoting."""
    return CondaPackage(
        "activation-test",
        "1.0",
        {
            "etc/conda/env_vars.d/activation-test.json": json.dumps({"FROM_JSON": "é 'single' \"double\" $HOME"}),
            # Only bash understands it, and a base may have another sh.
            "etc/conda/activate.d/activation-test.sh": '[[ -d $CONDA_PREFIX ]] && export FROM_SCRIPT="a  b c\'d"\n',
        },
    )


def tool_package() -> CondaPackage:
    """A package with the program `small-tool`, which prints the environment that is activated; it needs no Python."""
    return CondaPackage("small-tool", "1.0", {"bin/small-tool": '#!/bin/sh\necho "tool in $CONDA_DEFAULT_ENV"\n'})


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Quiet."""
