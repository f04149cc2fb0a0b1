"""Fills a data folder with many realistic image records, for benchmarks and for trying the app by hand.

    python -m benchmarks.records FOLDER COUNT

The same count gives the same records. No build is left queued or running: a server that opens the folder has no work.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from trailer_tui.model.image import (
    GenerateConfiguration,
    ImageConfiguration,
    ImageDraft,
    PullConfiguration,
    WriteConfiguration,
)
from trailer_tui.model.reference import slug
from trailer_tui.model.status import ImageStatus
from trailer_tui.store.database import connect
from trailer_tui.store.images import insert_image
from trailer_tui.store.opening import prepare_database, prepare_folder
from trailer_tui.store.search import SearchIndex, fold, rebuild_index
from trailer_tui.store.timestamps import to_ms

_NEWEST = to_ms(datetime(2026, 6, 1, tzinfo=UTC))
_CREATORS = ("ada", "grace", "linus", "barbara", "edsger", "margaret", "dennis", "katherine")
_BASES = ("ubuntu:24.04", "ubuntu:22.04", "debian:12", "debian:12-slim", "fedora:41", "python:3.12", "alpine:3.20")
_FIELDS = ("Überprüfung", "Größen", "ελληνικά", "日本語", "Łódź", "Straße", "обучение", "façade", "naïve", "İstanbul")
_TOPICS = ("torch", "tensor", "desktop", "cuda", "jupyter", "office", "blender", "geo", "ros", "genome", "latex", "cad")
_KINDS = ("workspace", "notebook", "trainer", "kiosk", "viewer", "build box", "lab", "classroom", "review", "nightly")
_STATUSES = (
    (ImageStatus.BUILD_FINISHED, 70),
    (ImageStatus.BUILD_CANCELLED, 15),
    (ImageStatus.ERROR, 14),
    (ImageStatus.SNAPSHOTTING, 1),
)
_BUILD_STATES = {
    ImageStatus.BUILD_FINISHED: "finished",
    ImageStatus.BUILD_CANCELLED: "cancelled",
    ImageStatus.ERROR: "failed",
    ImageStatus.SNAPSHOTTING: "finished",
}


def seed_records(folder: Path, count: int) -> None:
    """Add `count` images to the data folder, which is created when it does not exist. Blocks.

    Args:
        folder: the data folder; no server may have it open.
        count: records to add; they get ids in ascending order. The folder should hold none yet.
    """
    prepare_folder(folder)
    path, index = prepare_database(folder)
    (folder / "logs").mkdir(mode=0o700, exist_ok=True)
    connection = connect(path)
    try:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -200000")
        connection.execute("BEGIN IMMEDIATE")
        hosts = [_host(connection, "local", enabled=True), _host(connection, "farm-02", enabled=False)]
        statuses = [status for status, share in _STATUSES for _ in range(share)]
        unindexed = SearchIndex(indexed=False)
        for number, draft in enumerate(drafts(count, hosts)):
            status = statuses[number * 37 % len(statuses)]
            creator = _CREATORS[number % len(_CREATORS)]
            now = _NEWEST - number * 61_000
            image_id = insert_image(connection, unindexed, draft, creator=creator, status=status, now=now)
            _build(connection, image_id, creator, _BUILD_STATES[status], now)
        connection.execute("COMMIT")
        if index.indexed:
            rebuild_index(connection)
        connection.execute("PRAGMA optimize")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def drafts(count: int, hosts: list[int]) -> Iterator[ImageDraft]:
    """`count` different images, most of them with a Dockerfile of two to three kilobytes."""
    chance = random.Random(count)
    packages = [_package(chance) for _ in range(6000)]
    for number in range(count):
        words = [chance.choice(_TOPICS), chance.choice(_KINDS)]
        if number % 40 == 0:
            words.append(_FIELDS[number // 40 % len(_FIELDS)])
        name = f"{' '.join(words).capitalize()} {number}"
        yield ImageDraft(
            name=name,
            description=f"For {chance.choice(_CREATORS)}'s group: {' '.join(chance.sample(packages, 6))}.",
            host_id=hosts[number % 7 == 0],
            enabled=number % 9 != 0,
            configuration=_configuration(chance, number, name, packages),
        )


def _configuration(chance: random.Random, number: int, name: str, packages: list[str]) -> ImageConfiguration:
    repository = slug(name).removesuffix(":latest")
    image_name = f"{chance.choice(('registry.lan/', 'ghcr.io/lab/', ''))}{repository}:1.{number % 90}"
    if number % 10 == 0:
        return PullConfiguration(image=image_name)
    if number % 10 == 1:
        return GenerateConfiguration(image_name=image_name, base_image=chance.choice(_BASES))
    return WriteConfiguration(image_name=image_name, dockerfile=_dockerfile(chance, name, packages))


def _dockerfile(chance: random.Random, name: str, packages: list[str]) -> str:
    chosen = iter(chance.sample(packages, 96))
    lines = [f"FROM {chance.choice(_BASES)}@sha256:{chance.randbytes(32).hex()}", f'LABEL title="{name}"']
    for _ in range(8):
        group = " \\\n        ".join(f"{next(chosen)}={chance.randrange(9)}.{chance.randrange(40)}" for _ in range(8))
        lines.append(f"RUN apt-get update && apt-get install -y --no-install-recommends \\\n        {group}")
    for _ in range(4):
        tool = next(chosen)
        lines.append(
            f"RUN curl -fsSLO https://files.lan/{tool}.tar.gz && echo '{chance.randbytes(16).hex()}' | md5sum -c"
        )
        lines.append(
            f"COPY --chown=1000:1000 {tool}/ /opt/{tool}/\nENV {tool.upper().replace('-', '_')}_HOME=/opt/{tool}"
        )
    lines.append(
        f'WORKDIR /home/{chance.choice(_CREATORS)}\nCMD ["{next(chosen)}", "--port", "{chance.randrange(65536)}"]'
    )
    return "\n".join(lines) + "\n"


def _package(chance: random.Random) -> str:
    syllables = "".join(chance.choice("bcdfghklmnprstvz") + chance.choice("aeiou") for _ in range(chance.randint(2, 4)))
    return (
        f"{chance.choice(('lib', 'python3-', 'golang-', 'r-cran-', ''))}{syllables}{chance.choice(('', '-dev', '2'))}"
    )


def _host(connection: sqlite3.Connection, name: str, *, enabled: bool) -> int:
    connection.execute(
        "INSERT OR IGNORE INTO hosts (name, name_folded, address, enabled, parallel_builds, squash_default)"
        " VALUES (?, ?, 'unix:///var/run/docker.sock', ?, 2, 0)",
        (name, fold(name), enabled),
    )
    return int(connection.execute("SELECT id FROM hosts WHERE name_folded = ?", (fold(name),)).fetchone()[0])


def _build(connection: sqlite3.Connection, image_id: int, creator: str, state: str, now: int) -> None:
    failure = {"phase": "build", "message": "exit code 1", "step": 3, "exit_code": 1} if state == "failed" else None
    build_id = connection.execute(
        "INSERT INTO builds (image_id, image_name, number, state, host_id, host_name, requested_by, created_at,"
        " started_at, finished_at, reference, steps_done, steps_total, log_kept, failure)"
        " SELECT images.id, images.name, 1, ?, host_id, hosts.name, ?, ?, ?, ?, images.image_name, 12, 12, 0, ?"
        " FROM images JOIN hosts ON hosts.id = host_id WHERE images.id = ?",
        (state, creator, now, now + 500, now + 95_500, json.dumps(failure) if failure else None, image_id),
    ).lastrowid
    connection.execute(
        "INSERT INTO build_documents (build_id, configuration_version, configuration)"
        " SELECT ?, configuration_version, configuration FROM image_documents WHERE image_id = ?",
        (build_id, image_id),
    )
    connection.execute("UPDATE images SET last_build_id = ?, last_build_number = 1 WHERE id = ?", (build_id, image_id))


def main() -> None:
    """Seed the folder named on the command line."""
    parser = argparse.ArgumentParser(description="Fill a data folder with image records.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    arguments = parser.parse_args()
    start = time.perf_counter()
    seed_records(arguments.folder, arguments.count)
    size = sum(entry.stat().st_size for entry in arguments.folder.glob("trailer.db*"))
    print(f"{arguments.count} records in {time.perf_counter() - start:.1f} s, {size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
