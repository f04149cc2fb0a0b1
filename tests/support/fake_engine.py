"""A Docker host in memory that implements `engine.interface.Engine`, for tests of everything above the engine.

By default it builds what the Dockerfile says, as far as `fake_dockerfile` understands shell commands: `RUN sleep 300`
hangs until cancelled, `RUN exit 3` fails with 3, an unchanged instruction is cached the second time. `script` replaces
that with steps of one's own; the knobs make the host unreachable, slow, or deaf to a cancel.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.fake_dockerfile import KEYWORDS, FakeInstruction, Piece, copied, instructions, pieces
from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.events import Emit, PhaseFinished, StepFinished, StepOutput, StepProgress, StepStarted
from trailer_tui.engine.interface import BuildRequest, DiskUsage, FreeSpace, ImageFacts, ReadLimits, StoredImage
from trailer_tui.model.errors import BuildFailed, EngineError, HostUnreachable, RegistryError
from trailer_tui.model.host import Capabilities
from trailer_tui.model.reference import ImageReference, ReferenceProblem
from trailer_tui.model.status import Phase

DEFAULT_BASE = "ubuntu:24.04"
CHUNK_SIZE = 1 << 16


@dataclass
class FakeStep:
    """One step of a scripted build."""

    instruction: str
    output: Sequence[str | tuple[str, str]] = ()
    """Pieces as they are delivered; a tuple names the stream first."""
    cached: bool = False
    error: str = ""
    """Not empty: the step fails with this."""
    exit_code: int | None = None
    seconds: float = 0.0
    """How long it takes after its output, unless cancelled."""
    gate: threading.Event | None = None
    """After its output it waits until this is set, or it is cancelled."""
    line: int | None = None


@dataclass
class FakeEngine:
    """One Docker host. Safe from any thread, as the interface asks."""

    capabilities: Capabilities = field(
        default_factory=lambda: Capabilities(
            engine_version="20.10.24", api_version="1.41", operating_system="linux", architecture="amd64", cpus=2
        )
    )
    images: dict[str, ImageFacts] = field(default_factory=dict)
    """What the host has, by familiar reference."""
    registry: dict[str, ImageFacts] = field(default_factory=dict)
    """What can be pulled, by familiar reference; a push adds to it."""
    script: Sequence[FakeStep] | None = None
    """Replaces what the Dockerfile says."""
    unreachable: str = ""
    """Not empty: every call raises `HostUnreachable` with this cause."""
    probe_gate: threading.Event | None = None
    """`probe` waits for it, as for a host that swallows packets."""
    deaf: threading.Event | None = None
    """A cancelled build returns only after this is set, as with an engine that hangs."""
    silent: bool = False
    """A cancelled build returns without the host's word that the work has ended."""
    push_error: str = ""
    transfer_gate: threading.Event | None = None
    """Pulls and pushes wait for it, or for a cancel, as with a very slow registry."""
    requests: list[BuildRequest] = field(default_factory=list)
    pulls: list[str] = field(default_factory=list)
    pushes: list[str] = field(default_factory=list)
    probes: int = 0
    space: FreeSpace = field(default_factory=lambda: FreeSpace(100_000_000_000, 40_000_000_000))
    space_error: str = ""
    """Not empty: the room on the disk cannot be known, for this reason."""
    space_gate: threading.Event | None = None
    """`free_space` and `disk_usage` wait for it, as on a host with a very slow disk."""
    space_asked: int = 0
    """How often `free_space` was called."""
    build_cache: int = 0
    """Bytes of build cache that nothing uses."""
    files: dict[str, bytes] = field(default_factory=dict)
    """What every image that is built from now on holds, by absolute path, beside what COPY brings."""
    read_error: str = ""
    """Not empty: files of images cannot be read, for this reason."""
    read_gate: threading.Event | None = None
    """Reading files waits for it, or for a cancel."""
    used_by: dict[str, int] = field(default_factory=dict)
    """Containers by the id of the image that they use."""
    parents: set[str] = field(default_factory=set)
    """Ids of images that others are built on."""
    removal_gate: threading.Event | None = None
    """The removal of an image without name waits for it."""
    removals: list[str] = field(default_factory=list)
    """Ids of images that were asked to be removed."""
    stuck: dict[str, str] = field(default_factory=dict)
    """Ids of images that cannot be removed, with the engine's error."""
    working: set[str] = field(default_factory=set)
    """Instructions whose process runs on the host now."""
    closed: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._cache: set[str] = set()
        self._by_id: dict[str, ImageFacts] = {}
        self._files: dict[str, dict[str, bytes]] = {}
        if not self.images:
            self.add_image(DEFAULT_BASE)

    def add_image(self, reference: str, *, size: int = 78_000_000, layers: int = 1, user: str = "") -> ImageFacts:
        """Put an image on the host."""
        facts = ImageFacts(_digest("image", reference, str(size)), size, layers, (), "amd64", user)
        self._keep(facts, reference)
        return facts

    def offer(self, reference: str, *, size: int = 30_000_000, user: str = "") -> ImageFacts:
        """Put an image into the registry, from which it can be pulled."""
        name = ImageReference.parse(reference)
        digest = f"{name.repository}@{_digest('manifest', reference)}"
        facts = ImageFacts(_digest("image", reference, str(size)), size, 2, (digest,), "amd64", user)
        self.registry[name.familiar()] = facts
        return facts

    # The interface

    def probe(self) -> Capabilities:
        """What the host is."""
        self.probes += 1
        if self.probe_gate is not None:
            self.probe_gate.wait(30)
        self._reach()
        return self.capabilities

    def facts(self, reference: str) -> ImageFacts | None:
        """What the host has under this reference or id."""
        self._reach()
        with self._lock:
            return self._by_id.get(reference) or self.images.get(_familiar(reference))

    def pull(self, reference: str, emit: Emit, cancel: CancelToken) -> ImageFacts:
        """Pull from `registry`, two layers with progress."""
        self._reach()
        cancel.check()
        self.pulls.append(reference)
        name = _familiar(reference)
        key = f"pull {name}"
        emit(StepStarted(key, Phase.RESOLVE, f"Pull {name}"))
        found = self.registry.get(name)
        if found is None:
            cause = f"manifest for {name} not found: manifest unknown"
            emit(StepFinished(key, error=cause))
            raise RegistryError(cause, hint="check the repository and the tag")
        self._slow_registry(key, cancel)
        for layer in ("3b65ec22a9e9", "a1d0c7532777"):
            for current in (0, found.size // 2, found.size):
                cancel.check()
                emit(StepProgress(key, layer, "Downloading", current, found.size))
            emit(StepProgress(key, layer, "Pull complete", found.size, found.size))
        emit(StepOutput(key, "o", f"Status: Downloaded newer image for {name}\n"))
        self._keep(found, name)
        emit(StepFinished(key))
        return found

    def build(self, request: BuildRequest, emit: Emit, cancel: CancelToken) -> str:
        """Run the script, or what the Dockerfile says."""
        self._reach()
        cancel.check()
        self.requests.append(request)
        if self.script is not None:
            self._run_script(self.script, emit, cancel)
        else:
            self._run_dockerfile(request, emit, cancel)
        emit(PhaseFinished(Phase.BUILD))
        image_id = _digest("built", request.context.dockerfile)
        self._keep(ImageFacts(image_id, 81_000_000, 3, (), "amd64"))
        self._files[image_id] = {**self.files, **copied(request.context)}
        return image_id

    def squash(self, docker_image_id: str, emit: Emit, cancel: CancelToken) -> str:
        """An image of one layer."""
        self._reach()
        cancel.check()
        emit(StepStarted("squash", Phase.SQUASH, "Squash all layers into one"))
        squashed = ImageFacts(_digest("squashed", docker_image_id), 80_000_000, 1, (), "amd64")
        self._keep(squashed)
        self._files[squashed.docker_image_id] = self._files.get(docker_image_id, {})
        emit(StepFinished("squash"))
        return squashed.docker_image_id

    def tag(self, docker_image_id: str, reference: str) -> None:
        """Give an image a reference."""
        self._reach()
        facts = self.facts(docker_image_id)
        if facts is None:
            raise EngineError(f"No such image: {docker_image_id}")
        self._keep(facts, reference)

    def push(self, reference: str, emit: Emit, cancel: CancelToken) -> str:
        """Push to `registry`."""
        self._reach()
        cancel.check()
        name = _familiar(reference)
        self.pushes.append(name)
        emit(StepStarted("push", Phase.PUSH, f"Push {name}"))
        self._slow_registry("push", cancel)
        facts = self.facts(name)
        error = self.push_error or ("" if facts else f"An image does not exist locally with the tag: {name}")
        if error or facts is None:
            emit(StepFinished("push", error=error))
            raise EngineError(error)
        emit(StepProgress("push", "3b65ec22a9e9", "Pushed", facts.size, facts.size))
        emit(StepFinished("push"))
        self.registry[name] = facts
        return _digest("manifest", name)

    def read_files(
        self, docker_image_id: str, folders: Sequence[str], cancel: CancelToken, limits: ReadLimits
    ) -> Iterator[tuple[str, bytes]]:
        """What `files` and COPY put into the image."""
        self._reach()
        if self.read_gate is not None:
            with self._process("read files", cancel) as wait:
                wait(self.read_gate.is_set, 60)
        if self.read_error:
            raise EngineError(self.read_error)
        left = limits.total
        for folder in folders:
            for path, content in self._files.get(docker_image_id, {}).items():
                cancel.check()
                if path.startswith(f"{folder}/"):
                    left -= len(content)
                    if len(content) > limits.file or left < 0:
                        raise EngineError(f"{path} is larger than allowed")
                    yield path, content

    def remove_image(self, reference: str) -> None:
        """Forget a reference."""
        self._reach()
        with self._lock:
            gone = self.images.pop(_familiar(reference), None)
            if gone is not None and gone not in self.images.values():
                self._by_id.pop(gone.docker_image_id, None)

    def disk_usage(self, cancel: CancelToken, *, images_only: bool = False) -> DiskUsage:
        """What `images` and the builds so far take."""
        self._slow_disk(cancel)
        with self._lock:
            names: dict[str, list[str]] = {image_id: [] for image_id in self._by_id}
            for name, facts in self.images.items():
                names[facts.docker_image_id].append(name)
            images = tuple(
                StoredImage(
                    image_id,
                    tuple(names[image_id]),
                    facts.size,
                    facts.size // 2,
                    self.used_by.get(image_id, 0),
                    children=image_id in self.parents,
                )
                for image_id, facts in self._by_id.items()
            )
            return DiskUsage(
                images=images,
                layers_size=sum(image.size for image in images),
                containers=sum(self.used_by.values()),
                containers_size=1000 * sum(self.used_by.values()),
                volumes=0,
                volumes_size=0,
                build_cache_size=self.build_cache,
                build_cache_free=self.build_cache,
                build_cache_count=1 if self.build_cache else 0,
            )

    def free_space(self) -> FreeSpace:
        """`space`, unless it cannot be known."""
        self.space_asked += 1
        self._slow_disk(CancelToken())
        if self.space_error:
            raise EngineError(self.space_error)
        return self.space

    def remove_images(
        self, docker_image_ids: Sequence[str], cancel: CancelToken, *, keep: Collection[str] = ()
    ) -> Mapping[str, str]:
        """Forget images, but for those that are `stuck`."""
        self._reach()
        errors = {}
        for image_id in docker_image_ids:
            cancel.check()
            self.removals.append(image_id)
            if self.removal_gate is not None:
                self.removal_gate.wait(30)
            with self._lock:
                if image_id in self.stuck:
                    errors[image_id] = self.stuck[image_id]
                else:
                    self._by_id.pop(image_id, None)
        return errors

    def prune_build_cache(self, cancel: CancelToken) -> int:
        """Empty `build_cache`."""
        self._reach()
        cancel.check()
        freed, self.build_cache = self.build_cache, 0
        return freed

    def close(self) -> None:
        """Only remembered."""
        self.closed.set()

    # Steps

    def _run_script(self, steps: Sequence[FakeStep], emit: Emit, cancel: CancelToken) -> None:
        for number, step in enumerate(steps, start=1):
            key = f"step-{number}"
            emit(StepStarted(key, Phase.BUILD, step.instruction, number, len(steps), step.line))
            with self._process(step.instruction, cancel) as wait:
                for piece in step.output:
                    stream, text = piece if isinstance(piece, tuple) else ("o", piece)
                    cancel.check()
                    emit(StepOutput(key, stream, text))
                if step.gate is not None:
                    wait(step.gate.is_set, 60)
                if step.seconds:
                    wait(lambda: False, step.seconds)
            self._end(key, step.error, step.exit_code, step.cached, emit)

    def _run_dockerfile(self, request: BuildRequest, emit: Emit, cancel: CancelToken) -> None:
        steps = instructions(request.context.dockerfile)
        unknown = next((step for step in steps if step.keyword not in KEYWORDS), None)
        if unknown is not None:
            raise EngineError(f"dockerfile parse error line {unknown.line}: unknown instruction: {unknown.keyword}")
        if not steps:
            raise EngineError("the Dockerfile (Dockerfile) cannot be empty")
        chain = _digest("cache", str(request.build_args))
        stages: set[str] = {"scratch"}
        for number, step in enumerate(steps, start=1):
            key = f"step-{number}"
            emit(StepStarted(key, Phase.BUILD, step.text, number, len(steps), step.line))
            if step.keyword == "FROM" and not self._stood_in(step, request):
                self._base(step, stages, key, emit, cancel)
            chain = _digest(chain, step.text)
            cached = chain in self._cache and not request.no_cache
            if step.keyword == "RUN" and not cached:
                self._run(step, key, emit, cancel)
            emit(StepFinished(key, cached=cached and step.keyword != "FROM"))
            self._cache.add(chain)

    def _stood_in(self, step: FakeInstruction, request: BuildRequest) -> bool:
        """Whether the base is one that another image of the host is taken for."""
        taken = [request.stand_ins.get(_familiar(word)) for word in step.arguments.split() if "@" in word]
        return any(reference and self.facts(reference) for reference in taken)

    def _base(self, step: FakeInstruction, stages: set[str], key: str, emit: Emit, cancel: CancelToken) -> None:
        words = [word for word in step.arguments.split() if not word.startswith("--")]
        if len(words) == 3 and words[1].lower() == "as":
            stages.add(words[2].lower())
        base = words[0] if words else ""
        if base.lower() in stages or "$" in base or self.facts(base) is not None:
            return
        found = self.registry.get(_familiar(base))
        if found is None:
            cause = f"pull access denied for {base}, repository does not exist or may require 'docker login'"
            emit(StepFinished(key, error=cause))
            raise EngineError(cause)
        self._keep(found, base)

    def _run(self, step: FakeInstruction, key: str, emit: Emit, cancel: CancelToken) -> None:
        with self._process(step.text, cancel) as wait:
            for piece in pieces(step.arguments):
                cancel.check()
                if piece.text:
                    _deliver(piece, key, emit)
                if piece.seconds:
                    wait(lambda: False, piece.seconds)
                if piece.exit_code:
                    cause = f"The command '/bin/sh -c {step.arguments}' returned a non-zero code: {piece.exit_code}"
                    self._end(key, cause, piece.exit_code, False, emit)

    def _end(self, key: str, error: str, exit_code: int | None, cached: bool, emit: Emit) -> None:
        if error:
            emit(StepFinished(key, error=error))
            raise BuildFailed(error, exit_code=exit_code)
        emit(StepFinished(key, cached=cached))

    @contextmanager
    def _process(self, instruction: str, cancel: CancelToken) -> Iterator[Callable[[Callable[[], bool], float], None]]:
        """A process on the host, which a cancel ends; gives a function that waits for a condition or a time."""
        ended = threading.Event()

        def wait(until: Callable[[], bool], seconds: float) -> None:
            for _ in range(max(1, round(seconds / 0.01))):
                if until():
                    return
                if ended.wait(0.01):
                    raise Cancelled(confirmed=not self.silent)
                self._reach()

        self.working.add(instruction)
        try:
            with cancel.closing(ended.set):
                yield wait
        except Cancelled:
            if self.deaf is not None:
                self.deaf.wait(60)
            raise
        finally:
            self.working.discard(instruction)

    def _slow_disk(self, cancel: CancelToken) -> None:
        self._reach()
        if self.space_gate is not None:
            with cancel.closing(self.space_gate.set):
                self.space_gate.wait(30)
        cancel.check()

    def _slow_registry(self, key: str, cancel: CancelToken) -> None:
        if self.transfer_gate is not None:
            with self._process(key, cancel) as wait:
                wait(self.transfer_gate.is_set, 60)

    def _reach(self) -> None:
        if self.unreachable:
            raise HostUnreachable(self.unreachable, hint="start the Docker daemon on that machine")

    def _keep(self, facts: ImageFacts, reference: str = "") -> None:
        with self._lock:
            self._by_id[facts.docker_image_id] = facts
            if reference:
                self.images[_familiar(reference)] = facts


def _deliver(piece: Piece, key: str, emit: Emit) -> None:
    for start in range(0, len(piece.text), CHUNK_SIZE):
        emit(StepOutput(key, piece.stream, piece.text[start : start + CHUNK_SIZE]))


def _familiar(reference: str) -> str:
    try:
        return ImageReference.parse(reference).familiar()
    except ReferenceProblem:
        return reference


def _digest(*parts: str) -> str:
    return "sha256:" + hashlib.sha256("\x00".join(parts).encode()).hexdigest()
