#!/opt/python/bin/python3
"""What Trailer asks of micromamba, by py-rattler: the program of the tests' installer image.

    micromamba create --yes --prefix PREFIX --file FILE

FILE is an `environment.yml` or a list of package URLs below `@EXPLICIT`. This runs in the image, not in the tests.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

import yaml
from rattler import Client, Gateway, MatchSpec, RepoDataRecord, VirtualPackage, install, solve
from rattler.package_streaming import extract
from rattler.repo_data import PackageRecord


def main() -> int:
    """Make the environment; what is wrong is told on standard error."""
    match sys.argv[1:]:
        case ["create", "--yes", "--prefix", prefix, "--file", file]:
            pass
        case _:
            return _fail(f"unknown arguments: {sys.argv[1:]}")
    text = Path(file).read_text()
    # Kept from an earlier solve, an index of another time would be taken.
    with tempfile.TemporaryDirectory() as cache:
        try:
            if "@EXPLICIT" in text.splitlines():
                asyncio.run(_install([_record(line, Path(cache)) for line in _lines(text)], prefix, Path(cache)))
                return 0
            wanted = yaml.safe_load(text)
            asyncio.run(_solve_and_install(wanted, prefix, Path(cache)))
        except Exception as error:
            return _fail(str(error))
        pip = [line for entry in wanted["dependencies"] if isinstance(entry, dict) for line in entry["pip"]]
        return _pip_install(pip, prefix, Path(cache) / "requirements.txt") if pip else 0


async def _solve_and_install(wanted: dict[str, Any], prefix: str, cache: Path) -> None:
    conda = [MatchSpec(entry) for entry in wanted["dependencies"] if isinstance(entry, str)]
    if not conda:
        raise ValueError("No 'dependencies' specified")
    gateway = Gateway(cache_dir=cache / "index", client=Client())
    records = await solve(wanted["channels"], conda, gateway=gateway, virtual_packages=VirtualPackage.detect())
    await _install(records, prefix, cache)


async def _install(records: list[RepoDataRecord], prefix: str, cache: Path) -> None:
    for record in sorted(records, key=lambda record: record.name.normalized):
        _say(f"+ {record.name.normalized} {record.version}")
    await install(records, prefix, cache_dir=cache / "packages", show_progress=False, client=Client())


def _pip_install(lines: list[str], prefix: str, requirements: Path) -> int:
    requirements.write_text("".join(f"{line}\n" for line in lines))
    _say(f"Installing pip packages: {', '.join(lines)}")
    command = [f"{prefix}/bin/python", "-m", "pip", "install", "-U", "-r", str(requirements), "--no-input"]
    return subprocess.run(command, check=False).returncode


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith(("#", "@"))]


def _record(line: str, cache: Path) -> RepoDataRecord:
    url, _, digest = line.partition("#")
    with urllib.request.urlopen(url) as answer:
        data = answer.read()
    sha256, md5 = hashlib.sha256(data).hexdigest(), hashlib.md5(data).hexdigest()
    if digest and digest.removeprefix("sha256:") not in (sha256, md5):
        raise ValueError(f"{url} has another hash: {sha256}")
    place, name = url.rsplit("/", 1)
    archive = cache / name
    archive.write_bytes(data)
    extract(archive, cache / f"{name}.content")
    index = cache / f"{name}.content" / "info" / "index.json"
    record = PackageRecord.from_index_json(index, size=len(data), sha256=sha256, md5=md5)
    return RepoDataRecord(record, name, url, place.rsplit("/", 1)[0])


def _fail(why: str) -> int:
    sys.stderr.write(f"error    {why}\n")
    return 1


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # The interpreter's own end sometimes crashes in the library.
    os._exit(code)
