"""The phases of one build, one after the other, in one thread: what the engine is asked to do, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from trailer_tui.dockerfile.bases import external_bases, stages
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.dockerfile.hand_written import without_group
from trailer_tui.dockerfile.parse import parse
from trailer_tui.dockerfile.plan import BASE_USER
from trailer_tui.dockerfile.reachable import reachable_bases
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.events import Emit, EngineEvent, StepFinished, StepStarted
from trailer_tui.engine.interface import BuildRequest, Engine, ImageFacts
from trailer_tui.humanize import size as human_size
from trailer_tui.model.build import Build, BuildKind
from trailer_tui.model.environment import Environment
from trailer_tui.model.errors import EngineError
from trailer_tui.model.host import Host
from trailer_tui.model.image import GenerateConfiguration, PullConfiguration, WriteConfiguration
from trailer_tui.model.reference import ImageReference, ReferenceProblem
from trailer_tui.model.resolved import ResolvedEnvironment
from trailer_tui.model.status import Phase
from trailer_tui.service.build_inputs import DEFAULT_PLATFORM
from trailer_tui.service.preflight import examine
from trailer_tui.service.recorder import BuildRecorder
from trailer_tui.service.registry_mirror import is_pinned, mirrored, takes_stand_ins
from trailer_tui.service.resolved_sets import read_resolved
from trailer_tui.service.time_limits import TimeLimits, Work


@dataclass
class BuildResult:
    """What a build made. Filled as the phases end, so that a failed push still names the image that was built."""

    docker_image_id: str | None = None
    digest: str | None = None
    size: int | None = None
    layers: int | None = None
    resolved: list[ResolvedEnvironment] = field(default_factory=list)
    """What the environments became."""

    def take(self, facts: ImageFacts) -> None:
        """Keep what the host knows of the image."""
        self.docker_image_id, self.size, self.layers = facts.docker_image_id, facts.size, facts.layers


@dataclass(frozen=True)
class Job:
    """What one build is to do, and with what."""

    build: Build
    context: BuildContext | None
    """What the configuration gives; None when nothing is built."""
    host: Host
    """As it was when the build started."""
    limits: TimeLimits
    secrets: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)
    """What reads each build secret of the configuration."""
    ssh_agent: Path | None = None
    """Socket of the server's agent."""
    context_key: str = ""
    """Names the image's build context to the engine."""
    platform: str = DEFAULT_PLATFORM
    """Conda's name of what is built for."""
    locks: Sequence[ResolvedEnvironment] = ()
    """What environments are made from instead of being resolved."""


class Pipeline:
    """One build on one host. `run` blocks until it ended."""

    def __init__(self, engine: Engine, job: Job, recorder: BuildRecorder, cancel: CancelToken) -> None:
        self.result = BuildResult()
        self._engine = engine
        self._job = job
        self._recorder = recorder
        self._cancel = cancel
        self._stand_ins: dict[str, str] = {}
        self._base_users: dict[str, str] = {}

    def run(self) -> BuildResult:
        """Run every phase that the build's kind and configuration ask for.

        Raises:
            BuildRefused: the Dockerfile cannot be built; nothing was asked of the host.
            Cancelled: the token was cancelled.
            TrailerError: what the engine raised; `recorder.phase` is where.
        """
        build = self._job.build
        configuration, reference = build.configuration, build.reference
        self._enter(Phase.PREPARE)
        if build.kind is BuildKind.PUSH:
            self._find_built()
            self._push(reference)
        else:
            if isinstance(configuration, PullConfiguration):
                self._pull(configuration)
            else:
                self._build(configuration)
            if configuration.push:
                self._push(reference)
        return self.result

    def _pull(self, configuration: PullConfiguration) -> None:
        self._enter(Phase.RESOLVE)
        facts = self._fetch(configuration.image, None)
        self.result.take(facts)
        self.result.digest = _digest_of(facts, configuration.image)

    def _build(self, configuration: GenerateConfiguration | WriteConfiguration) -> None:
        job = self._job
        assert job.context is not None
        for warning in examine(configuration, job.context, job.host, job.ssh_agent):
            self._recorder.remark(f"Warning: {warning}")
        self._enter(Phase.RESOLVE)
        for base, line in _bases(job.context.dockerfile, job.host):
            self._resolve(base, line, forced=configuration.pull_base)
        self._enter(Phase.BUILD)
        request = BuildRequest(
            job.context,
            configuration.image_name,
            build_args=self._base_user(job.context),
            secrets=job.secrets,
            ssh_agent=job.ssh_agent if configuration.ssh_agent else None,
            context_key=job.context_key,
            stand_ins=self._stand_ins,
        )
        with job.limits.during(Work.BUILD):
            image_id = self._engine.build(request, self._recorder.emit, self._cancel)
            if configuration.squash if configuration.squash is not None else job.host.squash_default:
                self._enter(Phase.SQUASH)
                image_id = self._engine.squash(image_id, self._recorder.emit, self._cancel)
        self._tag(image_id, configuration.image_name)
        if isinstance(configuration, GenerateConfiguration) and configuration.environments:
            with job.limits.during(Work.BUILD):
                self._read_packages(image_id, configuration.environments)

    def _resolve(self, base: str, line: int | None, *, forced: bool) -> None:
        self._cancel.check()
        named = base
        found = None if forced else self._engine.facts(base)
        if found is None and (stand_in := self._stand_in(base)):
            self._stand_ins[ImageReference.parse(base).familiar()] = stand_in
            self._recorder.remark(f"{base} is taken from the mirror of {self._job.host.name}, as {stand_in}")
            base, found = stand_in, None if forced else self._engine.facts(stand_in)
        if found is None:
            found = self._fetch(base, line)
        else:
            self._recorder.remark(f"Base image {base} is on the host: {found.docker_image_id}")
        self._base_users[named] = found.user

    def _base_user(self, context: BuildContext) -> dict[str, str]:
        """The build argument with the base image's own user, for a Dockerfile that puts it back."""
        if not context.base_of_user:
            return {}
        user = self._base_users.get(context.base_of_user)
        if user is None:  # an image id, which no registry has
            facts = self._engine.facts(context.base_of_user)
            user = facts.user if facts else ""
        return {BASE_USER: (user if context.takes_base_group else without_group(user)) or "root"}

    def _stand_in(self, base: str) -> str | None:
        """Where the mirror has a base that is named by its digest, when the builder can take it from there."""
        host = self._job.host
        return mirrored(base, host.registry_mirror) if is_pinned(base) and takes_stand_ins(host.capabilities) else None

    def _fetch(self, reference: str, line: int | None) -> ImageFacts:
        """Pull one image, from the host's mirror when it has one for it, and give it its name."""
        source = mirrored(reference, self._job.host.registry_mirror)
        if source is not None and is_pinned(reference):
            self._recorder.remark(
                f"{reference} is pulled from Docker Hub, not from the mirror of {self._job.host.name}: "
                "an image cannot be given a name with a digest"
            )
            source = None
        with self._job.limits.during(Work.PULL):
            facts = self._engine.pull(source or reference, _with_line(self._recorder.emit, line), self._cancel)
        if source is not None:
            self._engine.tag(facts.docker_image_id, reference)
            self._recorder.remark(f"{reference} was pulled from the mirror of {self._job.host.name}")
        return facts

    def _find_built(self) -> None:
        """What an earlier build left must still be there under its name."""
        build = self._job.build
        facts = self._engine.facts(build.reference)
        if facts is None:
            raise EngineError(f"{build.host_name} has no image {build.reference} any more", hint="build it again")
        if facts.docker_image_id != build.docker_image_id:
            raise EngineError(
                f"{build.reference} on {build.host_name} is another image now ({facts.docker_image_id}) than the one "
                f"that was built here ({build.docker_image_id})",
                hint="build it again, or push that image by hand if it is the one you mean",
            )
        self.result.take(facts)

    def _tag(self, image_id: str, reference: str) -> None:
        self._enter(Phase.TAG)
        emit, key = self._recorder.emit, "trailer-tag"
        emit(StepStarted(key, Phase.TAG, f"Tag {reference}"))
        self._engine.tag(image_id, reference)
        emit(StepFinished(key))
        self.result.docker_image_id = image_id
        self._enter(Phase.FACTS)
        facts = self._engine.facts(image_id)
        if facts is not None:
            self.result.take(facts)
            layers = "1 layer" if facts.layers == 1 else f"{facts.layers} layers"
            self._recorder.remark(f"{reference} is {image_id}, {human_size(facts.size)}, {layers}")

    def _read_packages(self, image_id: str, environments: Sequence[Environment]) -> None:
        """Find out which exact packages the environments became, so that the next build takes them again."""
        recorder = self._recorder
        self.result.resolved = read_resolved(
            self._engine,
            image_id,
            environments,
            self._job.platform,
            self._job.locks,
            self._cancel,
            recorder.remark,
        )
        for found in self.result.resolved:
            counts = f"{len(found.conda)} from conda channels, {len(found.pypi)} from PyPI"
            recorder.remark(f"Environment {found.name} has these packages: {counts}")

    def _push(self, reference: str) -> None:
        self._enter(Phase.PUSH)
        with self._job.limits.during(Work.PUSH):
            self.result.digest = self._engine.push(reference, self._recorder.emit, self._cancel)

    def _enter(self, phase: Phase) -> None:
        self._cancel.check()
        self._recorder.phase = phase


def _bases(dockerfile: str, host: Host) -> list[tuple[str, int | None]]:
    """External images that the host's builder will ask for, and the Dockerfile line that first names each as a base."""
    parsed = parse(dockerfile)
    if host.capabilities is not None and host.capabilities.builder == "buildkit":
        lines = {base: instruction.line for base, instruction in reachable_bases(parsed)}
        bases = list(lines)
    else:
        lines = {stage.base: stage.instruction.line for stage in reversed(stages(parsed)) if stage.base}
        bases = external_bases(parsed)
    return [(base, lines.get(base)) for base in bases if _is_reference(base)]


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
