"""Dockerfile-like text for property tests: pieces that meet in ways nobody would write."""

from __future__ import annotations

from hypothesis import strategies as st

_KEYWORDS = [
    "FROM",
    "from",
    "RUN",
    "COPY",
    "ADD",
    "ONBUILD",
    "CMD",
    "ENV",
    "ARG",
    "LABEL",
    "HEALTHCHECK",
    "EXPOSE",
    "SHELL",
    "NONSENSE",
]
_WORDS = ["debian:12", "AS", "a", "=", "a=b", "--from=", "--from=7", "--mount=type=cache", "--", "--x='q"]
_BREAKS = ["\n", "\\\n", "\\ \n", "\\\\\n", "`\n", "\r\n", "\n\n", " ", " ", "\t", "\x0b", "\x85", "\ufeff"]
_COMMENTS = ["# c\n", "#", "# escape=`\n", "# escape=x\n", "# syntax=a/b\n"]
_SPECIAL = ["'", '"', "\\", "$", "${", "${x}", "${x:-$y}", "}", '["a"]', '["a", 1]', "[", "[" * 3000, "\x1b[2J"]
_HEREDOCS = ["<<EOF", "<<-'E'", '<<"EOF"', "0<<EOF", "<<", "EOF\n", "\tE\n"]
_PIECES = [*_KEYWORDS, *_WORDS, *_BREAKS, *_COMMENTS, *_SPECIAL, *_HEREDOCS]

dockerfiles = st.one_of(
    st.text(max_size=80),
    st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=4)), max_size=40).map("".join),
    st.lists(st.sampled_from(_PIECES), max_size=30).map(lambda pieces: "FROM debian:12\n" + " ".join(pieces)),
)
