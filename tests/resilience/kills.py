"""Kills a server, its Docker engine and its registry at random moments while builds run, and says what came of it.

By hand: `python -m tests.resilience.kills --builds 50 [--seed N]`, as root.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from tests.engine.processes import runs
from tests.support.base_image import SHELL_REFERENCE, import_shell_image
from tests.support.dockerd import PrivateDockerd
from tests.support.registry import LocalRegistry
from trailer_tui.client.client import TrailerClient
from trailer_tui.engine import leftovers
from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.connections import Connections
from trailer_tui.engine.squash import TEMPORARY_REPOSITORY
from trailer_tui.engine.wire import HostAddress
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.build import Build
from trailer_tui.model.host import PruneTarget
from trailer_tui.model.image import ImageDraft, WriteConfiguration
from trailer_tui.model.log import parse_line
from trailer_tui.model.status import BuildState

AT_A_TIME = 3
PATIENCE = 240.0
_ENDS = ("Build finished", "Build failed", "Build cancelled", "The server stops", "The server was killed")


@dataclass
class Outcome:
    """What was found after the last build."""

    kills: dict[str, int] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    causes: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    """Everything that must not be."""


class Victims:
    """A server process, a dockerd and a registry, which can be killed and started again."""

    def __init__(self, folder: Path, slot: int) -> None:
        self.folder = folder
        self.dockerd = PrivateDockerd(slot=slot)
        self.registry = LocalRegistry(folder)
        self.socket = folder / "trailer.sock"
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start all."""
        self.dockerd.start()
        import_shell_image(self.dockerd.address)
        self.registry.start()
        self.start_server()

    def start_server(self) -> None:
        """Start the server and wait until it says that it serves."""
        environment = dict(
            os.environ,
            TRAILER_DATA=str(self.folder / "data"),
            TRAILER_SOCKET=str(self.socket),
            TRAILER_CONFIG=str(self.folder / "config.yaml"),
            DOCKER_HOST=self.dockerd.address,
            PYTHONPATH=str(Path(__file__).parents[2]),
        )
        command = [sys.executable, "-m", "trailer_tui.server", "--shared"]
        with (self.folder / "server.out").open("ab") as output:
            self._server = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        deadline = time.monotonic() + 60
        while not self._serves():
            assert time.monotonic() < deadline, (self.folder / "server.out").read_text()[-2000:]
            time.sleep(0.05)

    def _serves(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket))
            except OSError:
                return False
        return True

    def kill(self, victim: str) -> None:
        """`kill -9`, and start it again a moment later."""
        if victim == "server":
            assert self._server is not None
            self._server.kill()
            self._server.wait()
            self.start_server()
        elif victim == "dockerd":
            os.kill(self.dockerd.pid, signal.SIGKILL)
            self.dockerd.halt()
            # Where nobody reaps it, its containerd looks alive to the next dockerd, which then waits for it.
            pid = self.dockerd.folder / "exec/containerd/containerd.pid"
            with suppress(OSError, ValueError):
                os.kill(int(pid.read_text()), signal.SIGKILL)
            pid.unlink(missing_ok=True)
            self.dockerd.start()
        else:
            os.kill(self.registry.pid, signal.SIGKILL)
            self.registry.stop()
            self.registry.start()

    def stop(self) -> None:
        """End all."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(30)
        self.registry.stop()
        self.dockerd.stop()


async def run_kills(folder: Path, *, builds: int, seed: int, slot: int = 6) -> Outcome:
    """Run that many builds of a few records under random kills."""
    chance = random.Random(seed)
    victims = Victims(folder, slot)
    outcome = Outcome()
    try:
        victims.start()
        async with TrailerClient(victims.socket) as client:
            records: dict[int, str] = {}
            while len(records) < builds:
                for _ in range(min(AT_A_TIME, builds - len(records))):
                    image_id, seconds = await _record(client, victims, chance, len(records))
                    records[image_id] = seconds
                await asyncio.sleep(chance.uniform(0.1, 2.5))
                victim = chance.choice(["server", "dockerd", "registry"])
                outcome.kills[victim] = outcome.kills.get(victim, 0) + 1
                victims.kill(victim)
            await _settle(client, outcome)
            await _judge(client, victims, records, outcome)
            await _clean_up(client, victims)
        _look_at_host(victims, records, outcome)
        _look_at_database(victims.folder / "data" / "trailer.db", outcome)
    finally:
        victims.stop()
    return outcome


async def _record(client: TrailerClient, victims: Victims, chance: random.Random, number: int) -> tuple[int, str]:
    """The id of a new record that is built, and the unique argument of the `sleep` that it runs."""
    host_id = (await client.hosts())[0].id
    seconds = f"{chance.uniform(0.3, 1.5):.3f}{uuid.uuid4().int % 10**6:06d}"
    dockerfile = f"FROM {SHELL_REFERENCE}\nRUN seq 20000; sleep {seconds}; echo slept\n"
    configuration = WriteConfiguration(
        image_name=f"{victims.registry.address}/kill-{number}:1",
        dockerfile=dockerfile,
        push=chance.random() < 0.4,
        squash=chance.random() < 0.2,
    )
    draft = ImageDraft(name=f"kill-{number}", host_id=host_id, configuration=configuration)
    record = await client.create_image(draft, build=True)
    return record.id, seconds


async def _settle(client: TrailerClient, outcome: Outcome) -> None:
    """Everything that was asked for ends by itself."""
    deadline = time.monotonic() + PATIENCE
    while await client.active_builds():
        if time.monotonic() > deadline:
            outcome.wrong.append(f"stuck: {[build.id for build in await client.active_builds()]}")
            return
        await asyncio.sleep(0.5)


async def _judge(client: TrailerClient, victims: Victims, records: dict[int, str], outcome: Outcome) -> None:
    for image_id in records:
        await client.image(image_id)
        for summary in await client.builds(image_id, limit=500):
            build = await client.build(summary.id)
            outcome.ends[build.state.value] = outcome.ends.get(build.state.value, 0) + 1
            if build.failure is not None:
                outcome.causes.add(build.failure.message.replace(str(victims.dockerd.folder), "").strip()[:160])
            outcome.wrong += [f"build {build.id} ({build.state.value}): {fault}" for fault in _faults(build, victims)]
        if (await client.builds(image_id, limit=1))[0].state is not BuildState.FINISHED:
            await client.act(image_id, ImageAction.BUILD)
    await _settle(client, outcome)
    for image_id in records:
        last = (await client.builds(image_id, limit=1))[0]
        if last.state is not BuildState.FINISHED:
            outcome.wrong.append(f"the last build of {image_id}, without kills, is {last.state.value}: {last.failure}")


async def _clean_up(client: TrailerClient, victims: Victims) -> None:
    """What killed servers left goes with a prune, once it is so old that nobody can be at work on it."""
    connections = Connections(HostAddress.parse(victims.dockerd.address))
    with (
        mock.patch.object(leftovers, "SQUASH_SECONDS", -5.0),
        mock.patch.object(leftovers, "MEASURING_SECONDS", -5.0),
        mock.patch.object(leftovers, "READING_SECONDS", -5.0),
    ):
        await asyncio.to_thread(leftovers.remove_leftovers, connections)
    connections.close()
    host = (await client.hosts())[0]
    await client.prune_host(host.id, [PruneTarget.DANGLING_IMAGES, PruneTarget.OLD_VERSIONS])


def _faults(build: Build, victims: Victims) -> list[str]:
    found = []
    if build.state in (BuildState.FAILED, BuildState.INTERRUPTED) and not (build.failure and build.failure.message):
        found.append("has no cause")
    if build.started_at is None:
        return found
    log = victims.folder / "data" / "logs" / f"{build.id}.log"
    files = [log] if log.exists() else list((victims.folder / "data" / "logs").glob(f"{build.id}*"))
    if not files:
        return [*found, "has no log"]
    data = files[0].read_bytes()
    last = parse_line(data.rstrip(b"\n").rpartition(b"\n")[2]).text
    if not data.endswith(b"\n") or not last.startswith(_ENDS):
        found.append(f"the log ends with {last[:80]!r}")
    return found


def _look_at_host(victims: Victims, records: dict[int, str], outcome: Outcome) -> None:
    """Nothing of Trailer's is left. A step of BuildKit's outlives its engine, but ends soon by itself here."""
    outcome.wrong += [f"sleep {seconds} still runs" for seconds in records.values() if runs("sleep", seconds)]
    docker = EngineClient(HostAddress.parse(victims.dockerd.address), api_version="1.41", timeout=60)
    left = docker.containers(all=True)
    outcome.wrong += [f"a container is left: {json.dumps(container)[:300]}" for container in left]
    tags = [str(tag) for image in docker.images() for tag in image["RepoTags"] or ()]
    names = [tag for tag in tags if tag.startswith(TEMPORARY_REPOSITORY)]
    # Whoever is killed in the middle of a squash cannot take its name away: docs/operating.md says so.
    if len(names) > outcome.kills.get("server", 0) + outcome.kills.get("dockerd", 0):
        outcome.wrong += [f"a name is left: {name}" for name in names]
    docker.close()
    docker.line.close()


def _look_at_database(path: Path, outcome: Outcome) -> None:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        said = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if said != "ok":
        outcome.wrong.append(f"the database: {said}")


def main() -> int:
    """Run it and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--builds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    arguments = parser.parse_args()
    say = sys.stdout.write
    say(f"seed {arguments.seed}\n")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="trailer-kills-") as folder:
        outcome = asyncio.run(run_kills(Path(folder), builds=arguments.builds, seed=arguments.seed))
    say(f"kills {outcome.kills}\nends {outcome.ends}\n")
    say("".join(f"cause: {cause}\n" for cause in sorted(outcome.causes)))
    say("".join(f"WRONG: {fault}\n" for fault in outcome.wrong) or "nothing wrong\n")
    return bool(outcome.wrong)


if __name__ == "__main__":
    sys.exit(main())
