"""The phases of one build, one after the other, in one thread: what the engine is asked to do, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, replace

from trailer_tui.dockerfile.bases import external_bases, stages
from trailer_tui.dockerfile.check import check
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.dockerfile.parse import parse
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.events import Emit, EngineEvent, StepFinished, StepStarted
from trailer_tui.engine.interface import BuildRequest, Engine, ImageFacts
from trailer_tui.humanize import size as human_size
from trailer_tui.model.host import Capabilities
from trailer_tui.model.image import (
    GenerateConfiguration,
    ImageConfiguration,
    PullConfiguration,
    WriteConfiguration,
)
from trailer_tui.model.reference import ImageReference, ReferenceProblem
from trailer_tui.model.status import Phase
from trailer_tui.service.failures import BuildRefused, dockerfile_failure
from trailer_tui.service.recorder import BuildRecorder


@dataclass
class BuildResult:
    """What a build made. Filled as the phases end, so that a failed push still names the image that was built."""

    docker_image_id: str | None = None
    digest: str | None = None
    size: int | None = None
    layers: int | None = None

    def take(self, facts: ImageFacts) -> None:
        """Keep what the host knows of the image."""
        self.docker_image_id, self.size, self.layers = facts.docker_image_id, facts.size, facts.layers


class Pipeline:
    """One build on one host. `run` blocks until it ended."""

    def __init__(
        self,
        engine: Engine,
        configuration: ImageConfiguration,
        context: BuildContext | None,
        recorder: BuildRecorder,
        cancel: CancelToken,
        *,
        capabilities: Capabilities | None,
        squash_default: bool,
    ) -> None:
        """`context` is what the configuration gives, None for a pull; `capabilities` what the host last said."""
        self.result = BuildResult()
        self._engine = engine
        self._configuration = configuration
        self._context = context
        self._recorder = recorder
        self._cancel = cancel
        self._capabilities = capabilities
        self._squash_default = squash_default

    def run(self) -> BuildResult:
        """Run every phase.

        Raises:
            BuildRefused: the Dockerfile cannot be built; nothing was asked of the host.
            Cancelled: the token was cancelled.
            TrailerError: what the engine raised; `recorder.phase` is where.
        """
        configuration = self._configuration
        self._enter(Phase.PREPARE)
        if isinstance(configuration, PullConfiguration):
            self._pull(configuration)
        else:
            self._build(configuration)
        if configuration.push:
            self._push(configuration.image_name)
        self._enter(Phase.FACTS)
        facts = self._engine.facts(configuration.image_name)
        if facts is not None:
            self.result.take(facts)
        return self.result

    def _pull(self, configuration: PullConfiguration) -> None:
        self._enter(Phase.RESOLVE)
        facts = self._engine.pull(configuration.image, self._recorder.emit, self._cancel)
        self.result.take(facts)
        self.result.digest = _digest_of(facts, configuration.image)

    def _build(self, configuration: GenerateConfiguration | WriteConfiguration) -> None:
        context = self._context
        assert context is not None
        self._check(context.dockerfile)
        self._enter(Phase.RESOLVE)
        for base, line in _bases(context.dockerfile):
            self._resolve(base, line, forced=configuration.pull_base)
        self._enter(Phase.BUILD)
        request = BuildRequest(context, configuration.image_name)
        image_id = self._engine.build(request, self._recorder.emit, self._cancel)
        if configuration.squash if configuration.squash is not None else self._squash_default:
            self._enter(Phase.SQUASH)
            image_id = self._engine.squash(image_id, self._recorder.emit, self._cancel)
        self._tag(image_id, configuration.image_name)

    def _check(self, dockerfile: str) -> None:
        heredocs = self._capabilities is None or self._capabilities.heredocs
        errors = [problem for problem in check(dockerfile, heredocs=heredocs) if problem.severity == "error"]
        if errors:
            raise BuildRefused(dockerfile_failure(errors[0], dockerfile, len(errors) - 1))

    def _resolve(self, base: str, line: int | None, *, forced: bool) -> None:
        self._cancel.check()
        found = None if forced else self._engine.facts(base)
        if found is None:
            self._engine.pull(base, _with_line(self._recorder.emit, line), self._cancel)
        else:
            self._recorder.remark(f"Base image {base} is on the host: {found.docker_image_id}")

    def _tag(self, image_id: str, reference: str) -> None:
        self._enter(Phase.TAG)
        emit, key = self._recorder.emit, "trailer-tag"
        emit(StepStarted(key, Phase.TAG, f"Tag {reference}"))
        self._engine.tag(image_id, reference)
        emit(StepFinished(key))
        self.result.docker_image_id = image_id
        facts = self._engine.facts(image_id)
        if facts is not None:
            self.result.take(facts)
            layers = "1 layer" if facts.layers == 1 else f"{facts.layers} layers"
            self._recorder.remark(f"{reference} is {image_id}, {human_size(facts.size)}, {layers}")

    def _push(self, reference: str) -> None:
        self._enter(Phase.PUSH)
        self.result.digest = self._engine.push(reference, self._recorder.emit, self._cancel)

    def _enter(self, phase: Phase) -> None:
        self._cancel.check()
        self._recorder.phase = phase


def _bases(dockerfile: str) -> list[tuple[str, int | None]]:
    """External images and the Dockerfile line that first names each as a base."""
    parsed = parse(dockerfile)
    lines: dict[str, int] = {}
    for stage in stages(parsed):
        if stage.base:
            lines.setdefault(stage.base, stage.instruction.line)
    return [(base, lines.get(base)) for base in external_bases(parsed) if _is_reference(base)]


def _is_reference(text: str) -> bool:
    try:
        ImageReference.parse(text)
    except ReferenceProblem:
        return False  # an image id, or nonsense: the builder knows, and says so
    return True


def _with_line(emit: Emit, line: int | None) -> Emit:
    def located(event: EngineEvent) -> None:
        emit(replace(event, line=line) if isinstance(event, StepStarted) else event)

    return located


def _digest_of(facts: ImageFacts, reference: str) -> str | None:
    repository = ImageReference.parse(reference).repository
    for entry in facts.digests:
        name, _, digest = entry.partition("@")
        if name == repository:
            return digest
    return facts.digests[0].partition("@")[2] if facts.digests else None
