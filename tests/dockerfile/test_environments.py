"""What a generated Dockerfile does for environments, and that none of their values can do anything else."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.dockerfile.environments import environments
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.dockerfile.inputs import BuildInputs
from trailer_tui.dockerfile.parse import parse
from trailer_tui.dockerfile.review import review
from trailer_tui.model.environment import CondaPackage, Environment, PypiPackage, Specifier, VersionLimit
from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.image import GenerateConfiguration
from trailer_tui.model.resolved import ResolvedCondaPackage, ResolvedEnvironment, ResolvedPypiPackage, specification_of

ML = Environment(
    name="ml",
    conda=[CondaPackage.parse("numpy>=1.26")],
    pypi=[PypiPackage.parse("rich")],
    pypi_index="https://packages.example/simple",
)
LOCK = ResolvedEnvironment(
    name="ml",
    platform="linux-64",
    specification=specification_of(ML),
    conda=[
        ResolvedCondaPackage(
            name="python", version="3.12.1", url="https://c.example/linux-64/python-3.12.1-h1.conda", sha256="A" * 64
        ),
        ResolvedCondaPackage(
            name="numpy", version="1.26", url="https://c.example/noarch/numpy-1.26-0.tar.bz2", md5="b" * 32
        ),
    ],
    pypi=[ResolvedPypiPackage(name="rich", version="13.0"), ResolvedPypiPackage(name="Pygments", version="2.17.2+cpu")],
)

STAGE = """\
# Conda environments: made in a stage of their own, which has the installer; only the results are copied
FROM mirror.example/micromamba:2 AS trailer-environments
USER root
SHELL ["/bin/sh", "-c"]
ENV PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1
COPY .trailer/environments /opt/trailer/environments
RUN failed() { echo "The environment $1 could not be made; why is told above" >&2; exit 1; }; \\
    cd /opt/trailer/environments || exit; \\
    echo 'Environment ml'; \\
    micromamba create --yes --prefix /opt/conda/envs/ml --file ml/environment.yml \\
        || failed ml; \\
    bash ./finish-environment ml || failed ml; \\
    echo 'Environment empty has no packages'; \\
    bash ./finish-environment empty || failed empty
"""

IN_IMAGE = """\
# Conda environments, and ws-run, which runs a command in one: ws-run ml COMMAND
COPY --from=trailer-environments /opt/conda/envs /opt/conda/envs
COPY .trailer/bin/ws-run /usr/local/bin/ws-run
RUN set -e; \\
    [ -e /lib64/ld-linux-x86-64.so.2 ] || { \\
        echo 'This base image has no glibc, which conda packages need: choose a base image with glibc, such as one of \
Debian, Ubuntu or Fedora' >&2; exit 1; }; \\
    for name in ml empty; do \\
        python=/opt/conda/envs/$name/bin/python; \\
        [ ! -e "$python" ] || "$python" -c '' || { \\
            echo "Environment $name:" 'its Python does not start on this base image: choose a newer one' \
>&2; exit 1; }; \\
    done
"""


def context_of(*environments: Environment, base: str = "debian:12", inputs: BuildInputs | None = None) -> BuildContext:
    configuration = GenerateConfiguration.model_construct(
        image_name="a:b", base_image=base, environments=list(environments)
    )
    context = build_context(configuration, inputs)
    assert context is not None
    return context


def content(context: BuildContext, path: str) -> str:
    entry = next(entry for entry in context.entries if entry.path == f".trailer/{path}")
    with entry.open() as file:
        return file.read().decode()


def lines_of_commands(context: BuildContext) -> list[str]:
    """The keywords of the instructions; what they do."""
    return [instruction.keyword for instruction in parse(context.dockerfile).instructions]


def test_environments_are_made_in_a_stage_of_their_own_and_copied() -> None:
    inputs = BuildInputs(installer_image="mirror.example/micromamba:2", solve_mark="again 2")
    context = context_of(ML, Environment(name="empty"), inputs=inputs)
    assert STAGE in context.dockerfile
    assert IN_IMAGE in context.dockerfile
    assert content(context, "environments/ml/environment.yml").endswith('- "rich"\n# again 2\n')
    modes = {entry.path: entry.mode for entry in context.entries}
    assert modes == {
        ".trailer/environments/finish-environment": 0o755,
        ".trailer/environments/ml/environment.yml": 0o644,
        ".trailer/bin/ws-run": 0o755,
    }
    again = context_of(ML, Environment(name="empty"), inputs=inputs)
    assert again.dockerfile == context.dockerfile
    assert [(entry.path, entry.digest) for entry in again.entries] == [
        (entry.path, entry.digest) for entry in context.entries
    ]


def test_without_environments_nothing_is_added() -> None:
    context = context_of()
    assert context.entries == ()
    assert "trailer-environments" not in context.dockerfile


def test_a_review_finds_nothing_wrong() -> None:
    assert review(GenerateConfiguration(image_name="a:b", environments=[ML])).problems == []


def test_a_lock_that_fits_is_installed_as_it_is() -> None:
    context = context_of(ML, inputs=BuildInputs(locks=[LOCK]))
    assert content(context, "environments/ml/explicit.txt") == (
        "@EXPLICIT\n"
        f"https://c.example/linux-64/python-3.12.1-h1.conda#sha256:{'a' * 64}\n"
        f"https://c.example/noarch/numpy-1.26-0.tar.bz2#{'b' * 32}\n"
    )
    assert content(context, "environments/ml/requirements.txt") == (
        "--index-url https://packages.example/simple\nPygments==2.17.2+cpu\nrich==13.0\n"
    )
    assert "--file ml/explicit.txt" in context.dockerfile
    assert "-m pip install --no-deps --no-input --requirement ml/requirements.txt" in context.dockerfile
    assert "environment.yml" not in context.dockerfile
    turned = LOCK.model_copy(update={"conda": LOCK.conda[::-1], "pypi": LOCK.pypi[::-1]})
    assert content(context, "environments/ml/explicit.txt") == content(
        context_of(ML, inputs=BuildInputs(locks=[turned])), "environments/ml/explicit.txt"
    )


@pytest.mark.parametrize(
    "other", [{"name": "web"}, {"platform": "linux-aarch64"}, {"specification": "0" * 64}, {"conda": []}]
)
def test_a_lock_of_something_else_is_not_taken(other: dict[str, object]) -> None:
    context = context_of(ML, inputs=BuildInputs(locks=[LOCK.model_copy(update=other)]))
    assert "--file ml/environment.yml" in context.dockerfile
    assert "explicit" not in context.dockerfile


@pytest.mark.parametrize(
    "update",
    [
        {"conda": [ResolvedCondaPackage(name="x", version="1", url="file:///etc/passwd.conda")]},
        {"conda": [ResolvedCondaPackage(name="x", version="1", url="https://c.example/x-1-0.conda\n@EXPLICIT")]},
        {"conda": [ResolvedCondaPackage(name="x", version="1", url="https://c.example/x.conda --offline")]},
        {"pypi": [ResolvedPypiPackage(name="-r /etc/passwd", version="1")]},
        {"pypi": [ResolvedPypiPackage(name="x", version="1\n--pre")]},
        {"pypi": [ResolvedPypiPackage(name="x", version="1 ; y")]},
    ],
)
def test_a_lock_that_an_image_made_up_is_refused(update: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match="resolve the packages again"):
        context_of(ML, inputs=BuildInputs(locks=[LOCK.model_copy(update=update)]))


def test_alpine_gets_the_c_library_and_a_note() -> None:
    context = context_of(ML, base="alpine:3")
    assert "COPY --from=trailer-environments /opt/trailer/glibc /opt/trailer/glibc\n" in context.dockerfile
    assert any("no glibc" in note for note in context.notes)
    arm = context_of(ML, base="alpine:3", inputs=BuildInputs(platform="linux-aarch64"))
    assert "ln -sf /opt/trailer/glibc/ld-linux-aarch64.so.1 /lib/ld-linux-aarch64.so.1;" in arm.dockerfile
    assert context_of(ML).notes == ()


@given(st.lists(environments, min_size=1, max_size=3, unique_by=lambda environment: environment.name))
def test_every_environment_gets_its_commands_and_nothing_else(wanted: list[Environment]) -> None:
    context = context_of(*wanted)
    assert lines_of_commands(context) == lines_of_commands(context_of(ML))
    run = parse(context.dockerfile).instructions[5].arguments
    assert shlex.split(run).count("create") == sum(1 for one in wanted if one.conda or one.pypi)
    for one in wanted:
        if one.conda:
            read = yaml.safe_load(content(context, f"environments/{one.name}/environment.yml"))
            assert read["channels"] == one.channels
            assert read["dependencies"][: len(one.conda)] == [str(package) for package in one.conda]


_BREAKING = [
    "\n",
    "\\",
    "'",
    '"',
    "$(touch x)",
    "`x`",
    ";",
    "..",
    "/",
    " ",
    "- evil: x",
    "\nRUN evil",
    "#",
    "-r x",
    "é",
]
_hostile = st.one_of(st.text(max_size=40), st.lists(st.sampled_from([*_BREAKING, "a"]), max_size=5).map("".join))


def unchecked(values: Sequence[str]) -> Environment:
    """An environment that no validator has seen."""
    name, channel, conda, version, pypi, extra, index = values
    limit = VersionLimit.model_construct(specifier=Specifier.CUSTOM, constraint=version)
    return Environment.model_construct(
        name=name,
        channels=[channel],
        conda=[CondaPackage.model_construct(name=conda, version=limit, channel="")],
        pypi=[PypiPackage.model_construct(name=pypi, version=limit, extras=(extra,))],
        pypi_index=index,
    )


@given(st.integers(0, 6), _hostile)
def test_no_value_can_do_anything_else(place: int, value: str) -> None:
    values = ["ml", "conda-forge", "numpy", "==1", "rich", "x", ""]
    values[place] = value
    try:
        context = context_of(unchecked(values))
    except InvalidInput as refused:
        fields = [field.field for field in refused.fields]
    else:
        fields = []
        assert lines_of_commands(context) == lines_of_commands(context_of(ML))
        name = next(entry.path.split("/")[2] for entry in context.entries if entry.path.endswith("environment.yml"))
        read = yaml.safe_load(content(context, f"environments/{name}/environment.yml"))
        assert read.keys() == {"name", "channels", "dependencies"}
        assert [len(read["channels"]), len(read["dependencies"])] == [1, 3]
    assert all(field.startswith("configuration.environments.0.") for field in fields)
