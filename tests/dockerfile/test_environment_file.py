"""An environment survives its file, and a file that an image cannot have is refused with the line and a remedy."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.dockerfile.environments import environments
from trailer_tui.dockerfile.environment_file import environment_file, import_environment
from trailer_tui.dockerfile.quoting import UserText, yaml_scalar
from trailer_tui.model.environment import CondaPackage, Environment, PypiPackage
from trailer_tui.model.errors import InvalidInput

ML = Environment(
    name="ml",
    channels=["conda-forge", "https://conda.example/lab"],
    conda=[CondaPackage.parse("python=3.12"), CondaPackage.parse("bioconda::samtools>=1.2,<2")],
    pypi=[PypiPackage.parse("rich[jupyter]>=13")],
    pypi_index="https://packages.example/simple",
)

FILE_OF_ML = """\
name: "ml"
channels:
  - "conda-forge"
  - "https://conda.example/lab"
dependencies:
  - "python=3.12"
  - "bioconda::samtools>=1.2,<2"
  - "pip"
  - pip:
      - "--index-url https://packages.example/simple"
      - "rich[jupyter]>=13"
"""


def test_an_environment_is_a_standard_file() -> None:
    assert environment_file(ML) == FILE_OF_ML
    assert environment_file(ML, mark="solved anew\n- evil") == f"{FILE_OF_ML}# solved anew␊- evil\n"
    assert environment_file(Environment(name="bare", channels=[])) == 'name: "bare"\nchannels: []\ndependencies: []\n'


@given(environments)
def test_a_file_gives_its_environment_back(environment: Environment) -> None:
    text = environment_file(environment)
    assert import_environment(text).model_dump() == _expected(environment).model_dump()
    assert environment_file(import_environment(text)) == text


def _expected(environment: Environment) -> Environment:
    """The index is part of the list of pip, and pip of the file wherever there is such a list."""
    if not environment.pypi:
        return environment.model_copy(update={"pypi_index": ""})
    return environment.model_copy(update={"conda": [one for one in environment.conda if str(one) != "pip"]})


@given(st.text(max_size=60))
def test_a_value_stays_one_scalar(value: str) -> None:
    try:
        written = yaml_scalar(UserText("f", value))
    except InvalidInput:
        return
    assert yaml.safe_load(f"- {written}\n- end\n") == [value, "end"]


def test_a_file_of_another_tool_is_understood() -> None:
    text = (
        "\ufeff# exported\r\nname: lab\r\nprefix: /home/ada/envs/lab\r\nchannels: [defaults, nodefaults]\r\n"
        "dependencies:\r\n- python=3.12\r\n- numpy 1.26\r\n- scipy 1.2.*\r\n- zlib 1.3 h123_0\r\n"
        "- conda-forge::blas >=1 , <3\r\n- pip\r\n"
        "- pip:\r\n  - -i https://packages.example/simple\r\n  - rich >= 13\r\n"
    )
    environment = import_environment(text)
    assert [str(package) for package in environment.conda] == [
        "python=3.12",
        "numpy==1.26",
        "scipy=1.2.*",
        "zlib=1.3=h123_0",
        "conda-forge::blas>=1 , <3",
    ]
    assert [str(package) for package in environment.pypi] == ["rich>=13"]
    assert (environment.name, environment.channels) == ("lab", ["defaults"])
    assert environment.pypi_index == "https://packages.example/simple"


def test_a_file_without_a_name_takes_the_given_one() -> None:
    assert import_environment("dependencies: [numpy]", name="lab").name == "lab"
    assert import_environment("name: own\ndependencies:\n", name="lab") == Environment(name="own")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no keys: choose an environment.yml"),
        ("- numpy", "has no keys"),
        ("name: a\nname: b", "line 2: has the key 'name' a second time, first in line 1: remove one"),
        ("name: a\nplatforms: [x]", "line 2: has the unknown key 'platforms': leave it out; known are name, channels"),
        ("name: a\nvariables: {A: b}", "line 2: has variables"),
        ("name: [a]", "line 1: name is no plain text"),
        ("name: a\nchannels: x", "line 2: channels is no list"),
        ("name: My Lab", "line 1: name 'my lab' is no name of an environment"),
        ("name: base", "line 1: name 'base' is what conda calls its own prefix"),
        ("channels: []", "has no name: give the environment one"),
        ("name: a\ndependencies:\n- ''", "line 3: is an empty entry: remove it"),
        ("name: a\ndependencies:\n- numpy==", "line 3: numpy has the operator '==' without a version"),
        ("name: a\ndependencies:\n- numpy[version=1]", "line 3: 'numpy[version=1]' has brackets"),
        ("name: a\ndependencies:\n- npm: [x]", "line 3: has 'npm' in dependencies: only lists of pip"),
        ("name: a\ndependencies:\n- pip:\n  - -r more.txt", "line 4: '-r more.txt' is a file of requirements"),
        ("name: a\ndependencies:\n- pip:\n  - -e .", "line 4: '-e .' is a folder"),
        ("name: a\ndependencies:\n- pip:\n  - --pre", "line 4: '--pre' is an option of pip: only --index-url"),
        ("name: a\ndependencies:\n- pip:\n  - x; python_version<'3'", "has a condition: leave out"),
        ("name: a\ndependencies:\n- pip:\n  - ./x.whl", "line 4: './x.whl' is an address or a path"),
        ("name: a\n\tb: c", "line 2: is no YAML"),
        ("name: a\n# \x1b[2J\n", "line 2: has the control character U+001B: remove it"),
        ("a: &x [*x]", "line 1: has the unknown key 'a'"),
        ("name: a\n--- \nname: b", "is no YAML"),
        ("[" * 5000, "is no YAML"),
        ("x" * 600_000, "has 600000 characters"),
    ],
)
def test_what_an_image_cannot_have_is_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        import_environment(text)
    assert said in str(refused.value)
    assert refused.value.fields[0].remedy


@pytest.mark.parametrize(
    "line",
    [
        "channels: ['https://ada:hunter2@conda.example/lab']",
        "channels: ['https://conda.example/t/hunter2/lab']",
        "dependencies: ['https://ada:hunter2@conda.example/lab::numpy']",
        "dependencies: [pip: ['git+https://ada:hunter2@git.example/x']]",
        "dependencies: [pip: ['x @ https://ada:hunter2@files.example/x.whl']]",
        "dependencies: [pip: ['--extra-index-url https://ada:hunter2@packages.example/simple']]",
        "dependencies: [pip: ['--index-url https://ada:hunter2@packages.example/simple']]",
    ],
)
def test_a_login_is_refused_and_not_repeated(line: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        import_environment(f"name: a\n{line}\n")
    assert "hunter2" not in f"{refused.value} {refused.value.fields}"


@given(st.text(alphabet="namechldpi:-[]{}'\"&*!|>#\n \t,?", max_size=80))
def test_any_text_is_an_environment_or_refused(text: str) -> None:
    remedies = ["none is needed"]
    try:
        import_environment(text, name="a")
    except InvalidInput as refused:
        remedies = [field.remedy for field in refused.fields]
    assert all(remedies)


@pytest.mark.parametrize("limit", [">>1", "=>1", "=<2", "==1,>>2", "=~1", "~1", "!1"])
def test_an_operator_that_there_is_not_is_refused_before_the_build(limit: str) -> None:
    with pytest.raises(ValueError, match="which is none: write ==, >=, <=, !=, ~=, < or >"):
        CondaPackage.parse(f"numpy{limit}")


@pytest.mark.parametrize(
    "limit", ["==1!2.0", ">=1,<2", "=1.2=py*", "===1", "==2!1.0,!=2!1.3", "=*=*cuda*", "==1.*|==2"]
)
def test_every_operator_that_there_is_is_taken(limit: str) -> None:
    assert str(CondaPackage.parse(f"numpy{limit}").version) == limit


def test_capitals_in_a_name_become_small_letters() -> None:
    assert import_environment("name: Lab\ndependencies: [python]\n").name == "lab"
