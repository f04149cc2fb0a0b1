"""Colours follow what the parser sees."""

from __future__ import annotations

from hypothesis import given

from tests.dockerfile.strategies import dockerfiles
from tests.dockerfile.valid_files import VALID
from trailer_tui.dockerfile.highlight import highlight
from trailer_tui.dockerfile.parse import parse


def pieces(text: str) -> list[list[tuple[str, str]]]:
    """Kind and text of every span, by line."""
    lines = text.split("\n")
    return [
        [(span.kind, line[span.start : span.end]) for span in spans]
        for line, spans in zip(lines, highlight(text), strict=True)
    ]


def test_pieces_of_an_instruction() -> None:
    assert pieces('from --platform=$P debian:${V:-12} as x\nRUN --mount=type=cache echo "a b" --no \\\n  $HOME') == [
        [("keyword", "from"), ("flag", "--platform="), ("variable", "$P"), ("variable", "${V:-12}"), ("keyword", "as")],
        [("keyword", "RUN"), ("flag", "--mount="), ("string", '"a b"'), ("escape", "\\")],
        [("variable", "$HOME")],
    ]


def test_second_keywords_and_unknown_ones() -> None:
    assert pieces("ONBUILD copy --from=a b c\nHEALTHCHECK --retries=3 CMD x\nRUM x") == [
        [("keyword", "ONBUILD"), ("keyword", "copy"), ("flag", "--from=")],
        [("keyword", "HEALTHCHECK"), ("flag", "--retries="), ("keyword", "CMD")],
        [],
    ]


def test_directives_only_at_the_top() -> None:
    assert pieces("# escape=`\n# x\n# escape=\\\nRUN a `\n # c\n b") == [
        [("directive", "# escape=`")],
        [("comment", "# x")],
        [("comment", "# escape=\\")],
        [("keyword", "RUN"), ("escape", "`")],
        [("comment", "# c")],
        [],
    ]


def test_heredoc_bodies_end_with_their_terminator() -> None:
    found = pieces("COPY <<a <<-'b' /x/\n# one\na\n\t$two\n\tb\nRUN x")
    assert found[0] == [("keyword", "COPY"), ("heredoc", "<<a"), ("heredoc", "<<-'b'")]
    assert found[1:5] == [[("string", "# one")], [("heredoc", "a")], [("string", "$two")], [("heredoc", "b")]]
    assert found[5] == [("keyword", "RUN")]


def test_keywords_start_where_instructions_do() -> None:
    for name, text in VALID.items():
        starts = {item.line for item in parse(text).instructions}
        coloured = {
            number
            for number, (line, spans) in enumerate(zip(text.split("\n"), highlight(text), strict=True), 1)
            if spans and spans[0].kind == "keyword" and not line[: spans[0].start].strip(" \t\ufeff")
        }
        assert starts <= coloured, name


@given(dockerfiles)
def test_spans_lie_in_their_line_one_after_the_other(text: str) -> None:
    lines = text.split("\n")
    found = highlight(text)
    assert len(found) == len(lines)
    for line, spans in zip(lines, found, strict=True):
        position = 0
        for span in spans:
            assert position <= span.start < span.end <= len(line)
            position = span.end
