"""Image references: the distribution grammar, familiar names, and what is said of a wrong one."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.model.reference import MAX_NAME_LENGTH, ImageReference, ReferenceProblem, slug

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "registry", "familiar"),
    [
        ("ubuntu", "docker.io", "ubuntu:latest"),
        ("ubuntu:24.04", "docker.io", "ubuntu:24.04"),
        ("docker.io/library/ubuntu", "docker.io", "ubuntu:latest"),
        ("index.docker.io/ada/tool:1", "docker.io", "ada/tool:1"),
        ("ada/tool", "docker.io", "ada/tool:latest"),
        ("library/ubuntu", "docker.io", "ubuntu:latest"),
        ("library/a/b", "docker.io", "library/a/b:latest"),
        ("localhost/app", "localhost", "localhost/app:latest"),
        ("localhost:5000/ml/torch:2", "localhost:5000", "localhost:5000/ml/torch:2"),
        ("registry.lan/a_b/c__d/e---f:T_1.x-y", "registry.lan", "registry.lan/a_b/c__d/e---f:T_1.x-y"),
        ("[2001:db8::1]:5000/app", "[2001:db8::1]:5000", "[2001:db8::1]:5000/app:latest"),
        (f"ubuntu@{DIGEST}", "docker.io", f"ubuntu@{DIGEST}"),
        (f"ubuntu:24.04@{DIGEST}", "docker.io", f"ubuntu:24.04@{DIGEST}"),
    ],
)
def test_a_valid_reference_is_read_and_shown_as_people_write_it(text: str, registry: str, familiar: str) -> None:
    reference = ImageReference.parse(text)
    assert reference.registry == registry
    assert reference.familiar() == familiar
    assert ImageReference.parse(familiar).familiar() == familiar


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("Ubuntu:24.04", "upper-case"),
        ("ada/Tool", "upper-case"),
        ("Ada/tool", "upper-case"),
        ("ubuntu:", "empty tag"),
        ("ubuntu:-x", "malformed tag"),
        ("ubuntu:" + "x" * 129, "malformed tag"),
        ("a b", "space"),
        ("a\tb", "space"),
        ("-a", "separator"),
        ("a..b", "separator"),
        ("a___b", "separator"),
        ("a//b", "separator"),
        ("a/", "separator"),
        ("registry.lan/", "no repository"),
        ("a$b", "'$'"),
        ("[red]x", "'['"),
        ("x\x1b[2J", "'\\x1b'"),
        ("ubuntu@sha256:12", "digest"),
        ("ubuntu@" + DIGEST.upper().replace("SHA256", "sha256"), "digest"),
        ("a" * (MAX_NAME_LENGTH + 1), "longer"),
        ("0123456789abcdef" * 4, "image ID"),
    ],
)
def test_a_wrong_reference_says_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(ReferenceProblem) as problem:
        ImageReference.parse(text)
    assert said in str(problem.value)


@pytest.mark.parametrize(
    ("text", "instead"),
    [("Ubuntu:24.04", "ubuntu"), ("Foo/Bar", "foo/bar"), ("registry.lan:5000/Ada/Tool", "ada/tool")],
)
def test_the_remedy_for_upper_case_keeps_every_part_of_the_repository(text: str, instead: str) -> None:
    with pytest.raises(ReferenceProblem) as problem:
        ImageReference.parse(text)
    assert problem.value.remedy == f"write {instead}"


@given(st.text(max_size=40))
def test_any_text_parses_or_is_refused_with_a_reason(text: str) -> None:
    try:
        familiar = ImageReference.parse(text).familiar()
    except ReferenceProblem:
        with pytest.raises(ReferenceProblem, match=r"."):
            ImageReference.parse(text)
    else:
        assert ImageReference.parse(familiar).familiar() == familiar


@given(st.text())
def test_a_slug_is_always_a_valid_reference_of_the_default_registry(name: str) -> None:
    reference = ImageReference.parse(slug(name))
    assert reference.tag == "latest"
    assert reference.registry == "docker.io"


@given(st.text(alphabet=string.ascii_lowercase + string.digits, min_size=1, max_size=60))
def test_a_plain_name_is_its_own_slug(name: str) -> None:
    assert slug(name) == f"{name}:latest"


def test_a_slug_drops_accents_and_runs_of_other_characters() -> None:
    assert slug("  Törch (dev) №2 ") == "torch-dev-no2:latest"
    assert slug("日本語") == "image:latest"
