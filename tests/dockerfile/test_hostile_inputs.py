"""What a build depends on beside its configuration cannot escape either: host settings, what earlier images say."""

from __future__ import annotations

import dataclasses
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dockerfile.hostile import configuration_of, draft_with, hostile, inputs_of
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.dockerfile.inputs import BuildInputs
from trailer_tui.dockerfile.parse import parse
from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.image import GenerateConfiguration
from trailer_tui.model.resolved import (
    ResolvedCondaPackage,
    ResolvedEnvironment,
    ResolvedPypiPackage,
    specification_of,
)

CONFIGURATION = configuration_of(draft_with("single", {}))
INPUTS = inputs_of(CONFIGURATION)
URL = "https://conda.test/linux-64/numpy-1.0-0.conda"


def instructions(inputs: BuildInputs) -> list[tuple[str, str]]:
    context = build_context(CONFIGURATION, inputs)
    assert context is not None
    return [(one.keyword, one.arguments) for one in parse(context.dockerfile).instructions]


@given(hostile)
@settings(max_examples=150)
def test_an_installer_image_is_one_from_or_refused(value: str) -> None:
    try:
        found = instructions(dataclasses.replace(INPUTS, installer_image=value))
    except InvalidInput:
        return
    assert found[0] == ("FROM", f"{value} AS trailer-environments")
    assert found[1:] == instructions(INPUTS)[1:]


def lock(package: ResolvedCondaPackage, pypi: ResolvedPypiPackage) -> ResolvedEnvironment:
    """What a build of the first environment is said to have become."""
    assert isinstance(CONFIGURATION, GenerateConfiguration)
    environment = CONFIGURATION.environments[0]
    return ResolvedEnvironment(
        name=environment.name,
        platform=INPUTS.platform,
        specification=specification_of(environment),
        conda=[package],
        pypi=[pypi],
    )


GOOD = ResolvedCondaPackage(name="numpy", version="1.0", url=URL, sha256="ab" * 32)
PINNED = ResolvedPypiPackage(name="torch", version="2.1")


@given(
    st.sampled_from(["url", "sha256", "md5", "name", "version", "build", "pypi name", "pypi version"]),
    st.sampled_from(["", "x", "https://conda.test/"]),
    hostile,
    st.sampled_from(["", ".conda"]),
)
@settings(max_examples=400)
def test_what_an_image_says_of_its_packages_stays_one_line_each(field: str, start: str, value: str, end: str) -> None:
    package, pypi = GOOD, PINNED
    if field.startswith("pypi "):
        pypi = pypi.model_copy(update={field.removeprefix("pypi "): start + value})
    else:
        package = package.model_copy(update={field: start + value + end})
    inputs = dataclasses.replace(INPUTS, locks=[lock(package, pypi)])
    try:
        context = build_context(CONFIGURATION, inputs)
    except InvalidInput:
        return
    assert context is not None
    harmless = dataclasses.replace(INPUTS, locks=[lock(GOOD, PINNED)])
    assert instructions(inputs) == instructions(harmless)
    texts = {entry.path.rsplit("/", 1)[1]: entry.open().read().decode() for entry in context.entries}
    first, url, *rest = texts["explicit.txt"].split("\n")
    assert (first, rest) == ("@EXPLICIT", [""])
    assert re.fullmatch(rf"{re.escape(package.url)}(#.*)?", url)
    assert "\\" not in url.partition("#")[2]
    lines = texts["requirements.txt"].split("\n")
    assert [line for line in lines if not line.startswith("--index-url ")] == [f"{pypi.name}=={pypi.version}", ""]
