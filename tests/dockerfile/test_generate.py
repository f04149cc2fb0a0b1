"""No field can inject an instruction, and the same configuration gives the same bytes."""

from __future__ import annotations

import json
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from trailer_tui.dockerfile.builder import Builder
from trailer_tui.dockerfile.generate import _environment, build_context
from trailer_tui.dockerfile.parse import parse
from trailer_tui.dockerfile.quoting import FILTERS, UserText
from trailer_tui.dockerfile.review import review
from trailer_tui.dockerfile.words import quoted_words, unquote
from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.image import GenerateConfiguration, PullConfiguration, WriteConfiguration

_BREAKING = ["x", "\n", "\r", "\\", "\\\n", "RUN evil", '"', "'", "$A", "${", "`", " ", "<<EOF", "#", "{{", "%}"]
_ODD = ["[", "\x1b", "\u2028", "é"]
hostile = st.one_of(st.text(max_size=60), st.lists(st.sampled_from([*_BREAKING, *_ODD]), max_size=12).map("".join))


def generated(base_image: str) -> str:
    context = build_context(GenerateConfiguration.model_construct(image_name="a:b", base_image=base_image))
    assert context is not None
    return context.dockerfile


def rendered(template: str, **values: UserText | list[UserText]) -> str:
    return _environment().from_string(template).render(values)


def test_the_default_image_is_its_base_and_nothing_that_can_fail() -> None:
    text = generated("ubuntu:24.04")
    assert [item.text for item in parse(text).instructions] == ["FROM ubuntu:24.04"]
    assert text.startswith("# ")
    assert text.endswith("\n")
    assert review(GenerateConfiguration(image_name="a:b")).problems == []
    assert text == generated("ubuntu:24.04")


@given(hostile)
def test_a_base_image_is_one_from_or_refused(value: str) -> None:
    try:
        text = generated(value)
    except InvalidInput as error:
        refused = error.fields[0].field
    else:
        refused = ""
    if refused:
        assert refused == "configuration.base_image"
        return
    assert [(item.keyword, item.arguments) for item in parse(text).instructions] == [("FROM", value)]


@given(hostile)
def test_a_shell_word_stays_one_word_of_one_run(value: str) -> None:
    try:
        text = rendered("RUN tool {{ name | shell_word }} end\nUSER x\n", name=UserText("f", value))
    except InvalidInput:
        return
    run, user = parse(text).instructions
    assert shlex.split(run.arguments) == ["tool", value, "end"]
    assert user.arguments == "x"


@given(st.lists(hostile, max_size=4))
def test_a_json_form_gives_its_strings_back(values: list[str]) -> None:
    text = rendered("CMD {{ words | json_form }}\nUSER x\n", words=[UserText("f", value) for value in values])
    command, user = parse(text).instructions
    assert command.json == tuple(json.loads(json.dumps(values)))
    assert user.arguments == "x"


@given(hostile)
def test_a_pair_gives_its_value_back(value: str) -> None:
    try:
        text = rendered("ENV A={{ value | pair_value }} B=c\nUSER x\n", value=UserText("f", value))
    except InvalidInput:
        return
    pairs, user = parse(text).instructions
    first, second = quoted_words(pairs.arguments, "\\")
    assert unquote(first) == f"A={value}"
    assert (second, user.arguments) == ("B=c", "x")


@given(hostile)
def test_a_comment_never_becomes_more(value: str) -> None:
    text = rendered("FROM x\n# {{ note | comment }}\nUSER x\n", note=UserText("f", value))
    assert [item.keyword for item in parse(text).instructions] == ["FROM", "USER"]
    assert text.count("\n") == 3


def test_a_template_cannot_print_what_was_not_quoted() -> None:
    with pytest.raises(TypeError, match="quoting filter"):
        rendered("FROM {{ base }}", base=UserText("f", "x"))
    with pytest.raises(TypeError, match="quoting filter"):
        rendered("FROM {{ base | upper }}", base=UserText("f", "x"))
    with pytest.raises(UndefinedError):
        rendered("FROM {{ missing | comment }}")
    assert set(FILTERS) <= set(_environment().filters)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("FROM x\n", "FROM x\n"),
        ("FROM x", "FROM x\n"),
        ("FROM x\r\nUSER y\r\n", "FROM x\r\nUSER y\r\n"),
        ("", ""),
        ("\ufeffFROM x\n\n", "\ufeffFROM x\n\n"),
    ],
)
def test_a_written_dockerfile_is_sent_as_written(written: str, sent: str) -> None:
    context = build_context(WriteConfiguration(image_name="a:b", dockerfile=written))
    assert context is not None
    assert context.dockerfile == sent


def test_text_that_is_no_unicode_is_refused_with_its_line() -> None:
    with pytest.raises(InvalidInput, match="line 2"):
        build_context(WriteConfiguration.model_construct(image_name="a:b", dockerfile="FROM x\nRUN \ud800\n"))


def test_a_pull_builds_nothing() -> None:
    configuration = PullConfiguration(image="debian:12")
    assert build_context(configuration) is None
    assert review(configuration).text == ""


def test_a_review_has_text_problems_and_files() -> None:
    found = review(
        WriteConfiguration(image_name="a:b", dockerfile="FROM debian:12\nRUN <<E\nE"), Builder(heredocs=False)
    )
    assert [problem.rule for problem in found.problems] == ["heredoc-unsupported"]
    assert [(entry.path, entry.size) for entry in found.context_files] == [("Dockerfile", len(found.text))]
