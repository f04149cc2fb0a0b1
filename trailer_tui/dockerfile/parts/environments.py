"""The part of a Dockerfile that is about environments: made beside the image, copied into it, run by `ws-run`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from pydantic import ValidationError

from trailer_tui.dockerfile.context import ContextEntry, text_entry
from trailer_tui.dockerfile.environment_file import INDEX_OPTION, environment_file
from trailer_tui.dockerfile.plan import CONTEXT_FOLDER, Part, Plan
from trailer_tui.dockerfile.quoting import UserText
from trailer_tui.dockerfile.scripts import script
from trailer_tui.model.environment import Environment
from trailer_tui.model.errors import FieldProblem, InvalidInput
from trailer_tui.model.image import GenerateConfiguration
from trailer_tui.model.resolved import ResolvedCondaPackage, ResolvedEnvironment, ResolvedPypiPackage, lock_for
from trailer_tui.model.validation import invalid_input

_FIELD = "configuration.environments"
_FOLDER = f"{CONTEXT_FOLDER}/environments"

_PACKAGE_URL = re.compile(r"https?://[!-\"$-~]+\.(?:conda|tar\.bz2)", re.ASCII)
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_MD5 = re.compile(r"[0-9a-fA-F]{32}")
_PINNED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.!+_-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Glibc:
    """Where the C library lies that conda packages are linked with, on Debian, which installer images are made of."""

    loader: str
    """What starts every program of a conda package, on any distribution."""
    folder: str

    def shown(self) -> dict[str, UserText]:
        return {
            "loader": UserText(_FIELD, self.loader),
            "loader_name": UserText(_FIELD, PurePosixPath(self.loader).name),
            "folder": UserText(_FIELD, self.folder),
        }


_GLIBC = {
    "linux-64": _Glibc("/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu"),
    "linux-aarch64": _Glibc("/lib/ld-linux-aarch64.so.1", "/lib/aarch64-linux-gnu"),
}
"""By conda's platform."""

_FAMILIES_WITHOUT = ("alpine",)

_REMEDY = "choose a base image with glibc, such as one of Debian, Ubuntu or Fedora"


def environments(plan: Plan) -> Part:
    """The stage that makes the environments, and their copy in the image.

    Raises:
        InvalidInput: an environment, or what an earlier build made of it, has a value that cannot be written.
    """
    configuration = plan.configuration
    if not isinstance(configuration, GenerateConfiguration) or not configuration.environments or plan.is_windows:
        return Part()
    recipes = [_recipe(plan, number, environment) for number, environment in enumerate(configuration.environments)]
    glibc = _GLIBC.get(plan.inputs.platform)
    adds_glibc = glibc is not None and plan.family in _FAMILIES_WITHOUT
    stage = {
        "installer_image": UserText("installer_image", plan.inputs.installer_image),
        "environments": [recipe.shown() for recipe in recipes],
        "glibc": glibc.shown() if glibc and adds_glibc else None,
    }
    in_image = {
        "names": [UserText(_FIELD, recipe.name) for recipe in recipes],
        "glibc": glibc.shown() if glibc else None,
        "adds_glibc": adds_glibc,
        "no_glibc": UserText(_FIELD, f"This base image has no glibc, which conda packages need: {_REMEDY}"),
        "too_old": UserText(_FIELD, "its Python does not start on this base image: choose a newer one"),
    }
    return Part(
        stages=(("environments", stage),),
        steps=(("environments_in_image", in_image),),
        entries=(
            text_entry(f"{_FOLDER}/finish-environment", script("finish-environment"), mode=0o755),
            *(entry for recipe in recipes for entry in recipe.entries()),
            text_entry(f"{CONTEXT_FOLDER}/bin/ws-run", script("ws-run"), mode=0o755),
        ),
        notes=(_glibc_note(configuration.base_image),) if adds_glibc else (),
    )


@dataclass(frozen=True, slots=True)
class _Recipe:
    """What the installer gets for one environment."""

    name: str
    title: str
    conda: str = ""
    """Text of the file for `micromamba create`; empty when there is nothing to install."""
    conda_file: str = "environment.yml"
    pip: str = ""
    """Requirements to install without looking for what they need; empty when conda's file says all."""

    def shown(self) -> dict[str, UserText | None]:
        def path(name: str) -> UserText:
            return UserText(_FIELD, f"{self.name}/{name}")

        return {
            "name": UserText(_FIELD, self.name),
            "title": UserText(_FIELD, self.title),
            "conda_file": path(self.conda_file) if self.conda else None,
            "pip_file": path("requirements.txt") if self.pip else None,
        }

    def entries(self) -> Iterable[ContextEntry]:
        folder = f"{_FOLDER}/{self.name}"
        if self.conda:
            yield text_entry(f"{folder}/{self.conda_file}", self.conda)
        if self.pip:
            yield text_entry(f"{folder}/requirements.txt", self.pip)


def _recipe(plan: Plan, number: int, given: Environment) -> _Recipe:
    at = f"{_FIELD}.{number}"
    environment = _checked(at, given)
    name = environment.name
    if not environment.conda and not environment.pypi:
        return _Recipe(name, f"Environment {name} has no packages")
    lock = lock_for(environment, plan.inputs.platform, plan.inputs.locks)
    if lock is None or not lock.conda:
        text = environment_file(environment, at=at, mark=plan.inputs.solve_mark)
        return _Recipe(name, f"Environment {name}", text)
    return _Recipe(
        name,
        f"Environment {name}, with the packages of an earlier build",
        _explicit_file(at, lock.conda),
        "explicit.txt",
        _requirements(at, environment, lock),
    )


def _checked(at: str, environment: Environment) -> Environment:
    """The same environment; what stands in a path or a file is never taken on trust."""
    try:
        return Environment.model_validate(environment.model_dump())
    except ValidationError as error:
        errors = [{**entry, "loc": (*at.split("."), *entry["loc"])} for entry in error.errors()]
    raise invalid_input(errors)


def _explicit_file(at: str, packages: Sequence[ResolvedCondaPackage]) -> str:
    return "\n".join(["@EXPLICIT", *sorted(_explicit_line(at, package) for package in packages)]) + "\n"


def _explicit_line(at: str, package: ResolvedCondaPackage) -> str:
    if not _PACKAGE_URL.fullmatch(package.url):
        raise _unusable(at, package.url)
    if _SHA256.fullmatch(package.sha256):
        return f"{package.url}#sha256:{package.sha256.lower()}"
    return f"{package.url}#{package.md5.lower()}" if _MD5.fullmatch(package.md5) else package.url


def _requirements(at: str, environment: Environment, lock: ResolvedEnvironment) -> str:
    if not lock.pypi:
        return ""
    index = [f"{INDEX_OPTION} {environment.pypi_index}"] if environment.pypi_index else []
    return "\n".join([*index, *sorted(_pinned(at, package) for package in lock.pypi)]) + "\n"


def _pinned(at: str, package: ResolvedPypiPackage) -> str:
    text = f"{package.name}=={package.version}"
    if not _PINNED.fullmatch(text):
        raise _unusable(at, text)
    return text


def _unusable(at: str, value: str) -> InvalidInput:
    problem = FieldProblem(
        at, value[:80], "is what an earlier build resolved, and cannot be installed again", "resolve the packages again"
    )
    return InvalidInput(problem.sentence(), fields=(problem,))


def _glibc_note(base_image: str) -> str:
    return (
        f"{base_image} has no glibc, which conda packages need: a copy of the installer's is added, about 6 MB; "
        "try the programs of the environments before you rely on them"
    )
