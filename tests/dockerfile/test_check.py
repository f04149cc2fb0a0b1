"""The check says what a build would trip over, on its line, and is silent about what builds."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.dockerfile.builders import CLASSIC, EARLY
from tests.dockerfile.strategies import dockerfiles
from tests.dockerfile.valid_files import VALID
from trailer_tui.dockerfile.builder import ANY_BUILDER
from trailer_tui.dockerfile.check import MAX_PROBLEMS, check
from trailer_tui.dockerfile.parse import split_lines
from trailer_tui.dockerfile.rules.mounts import Given

F = "FROM debian:12\n"
EXPECTED_WARNINGS = {"long_conda": ["empty-continuation"]}

# Text, line, rule, a word of the message. All were refused by an engine's classic builder, but where noted.
ERRORS = [
    ("", 1, "empty", "FROM"),
    ("# only a comment\n\n", 1, "empty", "FROM"),
    ("ARG A\n", 1, "no-from", "FROM"),
    ("\nRUN true\n", 2, "no-from", "FROM"),
    ("ENV A=b\n" + F, 1, "before-from", "ENV"),
    (F + "RUM true\n", 2, "unknown-instruction", "RUN"),
    (F + "copyy a b\n", 2, "unknown-instruction", "COPY"),
    (F + "XYZZY\n", 2, "unknown-instruction", "one of ADD"),
    (F + "ONBUILD FOO x\n", 2, "unknown-instruction", "FOO"),  # built, and fails in the next image
    (F + "\\\n", 2, "empty-instruction", "remove"),
    (F + "RUN\n", 2, "missing-arguments", "RUN command"),
    (F + "RUN []\n", 2, "missing-arguments", "RUN command"),
    (F + "COPY a\n", 2, "missing-arguments", "destination"),
    (F + 'COPY ["a"]\n', 2, "missing-arguments", "destination"),
    (F + "ADD --chown=a\n", 2, "missing-arguments", "ADD source"),
    (F + "ONBUILD COPY a\n", 2, "missing-arguments", "destination"),
    (F + "WORKDIR\n", 2, "missing-arguments", "WORKDIR /"),
    (F + "USER\n", 2, "missing-arguments", "USER name"),
    (F + "EXPOSE\n", 2, "missing-arguments", "8080"),
    (F + "ENV\n", 2, "missing-arguments", "name=value"),
    (F + "ARG\n", 2, "missing-arguments", "ARG name"),
    (F + "ONBUILD\n", 2, "missing-arguments", "ONBUILD RUN"),
    (F + "STOPSIGNAL\n", 2, "missing-arguments", "SIGTERM"),
    (F + "VOLUME []\n", 2, "missing-arguments", "VOLUME /path"),
    (F + 'CMD ["a", 1]\n', 2, "json-form", "strings"),
    (F + "SHELL sh\n", 2, "json-form", "SHELL ["),
    (F + "ENV a\n", 2, "missing-value", "ENV a=value"),
    (F + "ENV a=b c\n", 2, "missing-value", "quotes"),
    (F + "LABEL a=b c\n", 2, "missing-value", "quotes"),
    (F + "ENV =x\n", 2, "missing-name", "name"),
    (F + "ARG =x\n", 2, "missing-name", "name"),
    (F + 'ENV a="b c\n', 2, "open-quote", "close"),
    (F + 'VOLUME [""]\n', 2, "volume-form", "empty"),
    (F + "STOPSIGNAL FOO\n", 2, "signal-form", "FOO"),
    (F + "EXPOSE abc\n", 2, "port-form", "abc"),
    (F + "EXPOSE 80/foo\n", 2, "port-form", "/tcp"),
    (F + "EXPOSE 99999\n", 2, "port-form", "65535"),
    (F + "EXPOSE 90-80\n", 2, "port-form", "80-90"),
    (F + "HEALTHCHECK FOO\n", 2, "healthcheck-form", "CMD"),
    (F + "HEALTHCHECK\n", 2, "healthcheck-form", "CMD"),
    (F + "HEALTHCHECK CMD\n", 2, "healthcheck-form", "command"),
    (F + "HEALTHCHECK NONE x\n", 2, "healthcheck-form", "NONE"),
    (F + "HEALTHCHECK --interval=5 CMD x\n", 2, "healthcheck-form", "unit"),
    (F + "HEALTHCHECK --timeout=0 CMD x\n", 2, "healthcheck-form", "1ms"),
    (F + "HEALTHCHECK --retries=0 CMD x\n", 2, "healthcheck-form", "1 or more"),
    (F + "CMD --x\n", 2, "unknown-flag", "--"),
    (F + "COPY --frmo=a b c\n", 2, "unknown-flag", "--from"),
    (F + "RUN --foo x\n", 2, "unknown-flag", "--mount"),
    (F + "COPY --chown a b\n", 2, "flag-value", "--chown="),
    (F + "COPY --link=maybe a b\n", 2, "flag-value", "true"),
    (F + "COPY --chown=0 --chown=1 a b\n", 2, "duplicate-flag", "--chown"),
    (F + "COPY a b /x\n", 2, "destination-folder", "/x/"),
    (F + "ONBUILD FROM x\n", 2, "onbuild-trigger", "FROM"),
    (F + "ONBUILD ONBUILD RUN x\n", 2, "onbuild-trigger", "ONBUILD"),
    ("FROM\n", 1, "from-form", "FROM image"),
    ("FROM debian:12 AS\n", 1, "from-form", "AS name"),
    ("FROM debian:12 as a b\n", 1, "from-form", "AS name"),
    ("FROM Debian:12\n", 1, "image-reference", "debian"),
    ("ARG V=A:b:c\nFROM x${V}\n", 2, "image-reference", "xA:b:c"),
    ("FROM debian:12 AS 1a\n", 1, "stage-name", "1a"),
    ("FROM scratch AS scratch\n", 1, "stage-name", "scratch"),
    (F.strip() + " AS a\n" + F.strip() + " AS A\n", 2, "duplicate-stage", "line 1"),
    (F + "COPY --from=0 a b\n", 2, "unknown-stage", "first"),
    (F + F + "COPY --from=1 a b\n", 3, "unknown-stage", "0 to 0"),
    (F.strip() + " AS x\nCOPY --from=x a b\n", 2, "unknown-stage", "itself"),
    (F + "COPY --from=$X a b\n", 2, "from-variable", "AS name"),
    (F + "COPY --from=a/B c d\n", 2, "image-reference", "a/b"),
    (F + "RUN <<EOF\ntrue\n", 2, "unterminated-heredoc", "EOF"),
    (F + "COPY <<a <<b /x/\na\nb \n", 2, "unterminated-heredoc", "<<b"),
    ("# escape=x\n" + F, 1, "directive", "escape"),
    ("# escape=`\n# escape=`\n" + F, 2, "directive", "second"),
    (F + "RUN " + "x" * 70_000, 2, "line-too-long", "65535"),
]

WARNINGS = [
    (F + "MAINTAINER ada\n", 2, "maintainer-deprecated", "LABEL"),
    (F + "CMD ['a', 'b']\n", 2, "json-form", "double quotes"),
    (F + 'RUN ["a", "b",]\n', 2, "json-form", "comma"),
    (F + 'RUN ["a"] b\n', 2, "json-form", "ignore"),
    (F + "CMD [a, b]\n", 2, "json-form", "double quotes"),
    (F + "CMD a\nRUN b\nCMD c\n", 2, "repeated-command", "line 4"),
    (F + "ENTRYPOINT a\nENTRYPOINT c\n", 2, "repeated-command", "line 3"),
    (F + "CMD\n", 2, "missing-arguments", "CMD []"),
    (F + "USER a b\n", 2, "user-form", "name:group"),
    (F + "EXPOSE 80:80\n", 2, "port-form", "publishes nothing"),
    (F + "ENV DB_PASSWORD=x\n", 2, "secret-in-image", "DB_PASSWORD"),
    (F + "ARG GITHUB_TOKEN\n", 2, "secret-in-image", "GITHUB_TOKEN"),
    (F + "ENV AWS_SECRET_ACCESS_KEY x\n", 2, "secret-in-image", "AWS"),
    (F + "RUN a \\\n", 2, "continuation-at-end", "continuation"),
    (F + "RUN a \\\n\n  b\n", 3, "empty-continuation", "empty line"),
    (F + "COPY --from=late a b\nFROM x AS late\n", 2, "unknown-stage", "later"),
]


def _cases(cases: list[tuple[str, int, str, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("text", "line", "rule", "word"), cases, ids=[f"{number}-{case[2]}" for number, case in enumerate(cases)]
    )


@pytest.mark.parametrize("name", VALID)
def test_valid_files_are_left_in_peace(name: str) -> None:
    assert [problem.rule for problem in check(VALID[name])] == EXPECTED_WARNINGS.get(name, [])


@_cases(ERRORS)
def test_an_error_is_on_its_line_and_says_what_to_write(text: str, line: int, rule: str, word: str) -> None:
    (problem,) = [problem for problem in check(text) if problem.severity == "error"]
    assert (problem.line, problem.rule) == (line, rule)
    assert word in problem.message


@_cases(WARNINGS)
def test_a_warning_is_on_its_line_and_says_what_to_write(text: str, line: int, rule: str, word: str) -> None:
    (problem,) = check(text)
    assert (problem.line, problem.rule, problem.severity) == (line, rule, "warning")
    assert word in problem.message


def test_each_heredoc_is_an_error_where_the_builder_knows_none() -> None:
    text = F + "RUN <<EOF\ntrue\nEOF\nRUN true\nONBUILD COPY <<EOF /x\nEOF\n"
    found = [(problem.line, problem.rule) for problem in check(text, builder=CLASSIC)]
    assert found == [(2, "heredoc-unsupported"), (6, "heredoc-unsupported")]


def test_the_classic_builder_lacks_flags_and_reads_a_dot_as_a_file() -> None:
    text = F + "RUN --mount=type=cache,target=/x true\nCOPY a b .\nCOPY --chown=0 a /b\n"
    found = [(problem.line, problem.rule, problem.severity) for problem in check(text, builder=CLASSIC)]
    assert found == [(2, "mount-unsupported", "error"), (3, "destination-folder", "error")]


def test_problems_come_in_the_order_of_the_lines() -> None:
    problems = check("RUM x\nFROM A\nCMD a\nCMD b\nCOPY a\n")
    assert [problem.line for problem in problems] == sorted(problem.line for problem in problems)
    assert {problem.line for problem in problems} == {1, 2, 3, 5}


def test_text_of_the_file_stays_harmless_in_messages() -> None:
    problems = check("FROM debian:12\n\x1b[2J[red]" + "x" * 500 + "\n")
    assert all("\x1b" not in problem.message and len(problem.message) < 400 for problem in problems)
    assert problems


def test_a_megabyte_is_checked_without_quadratic_work() -> None:
    texts = [
        F + "RUN echo one two three \\\n  && true\n" * 28_000,
        F + "ENV " + "a=b \\\n" * 160_000,
        F + "RUN <<EOF\n" + "x\n" * 500_000 + "EOF\n",
        F + "RUN echo " + "'" * 999_999,
        F + "RUN <<EOF " + '"\\' * 500_000,
        F + "COPY " + "$" * 500_000 + "${" * 250_000,
        F + "FROM " + "${A:-" * 200_000,
        F + "CMD " + "[" * 1_000_000,
        F + "FROM x AS y\n" * 40_000,
        F + "CMD x\n" * 150_000,
        F + "RUN a " + "\\ " * 500_000,
        F + "ENV a=" + "\\" * 999_999,
        F + "EXPOSE " + "1" * 999_999,
        F + "HEALTHCHECK --interval=" + "0" * 500_000 + "x CMD y",
        F + "FROM " + "a-" * 500_000 + "!",
    ]
    for text in texts:
        # Quadratic work on any one of these would take an hour.
        assert len(check(text)) <= 3 * MAX_PROBLEMS


@given(dockerfiles)
def test_check_never_raises_and_stays_within_the_file(text: str) -> None:
    count = len(split_lines(text))
    for builder in (ANY_BUILDER, CLASSIC, EARLY):
        for problem in check(text, builder=builder, given=Given([], False)):
            assert 1 <= problem.line <= problem.end_line <= count
            assert problem.message
            assert "\n" not in problem.message
