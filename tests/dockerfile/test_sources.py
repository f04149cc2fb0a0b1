"""What the check says of COPY and ADD when it knows the build context."""

from __future__ import annotations

import pytest

from trailer_tui.dockerfile.builder import Builder
from trailer_tui.dockerfile.check import check
from trailer_tui.dockerfile.quoting import UserText, path_list


def findings(line: str, files: list[str]) -> list[str]:
    """Messages about one instruction of a Dockerfile."""
    return [problem.message for problem in check(f"FROM debian:12\n{line}\n", files=files)]


@pytest.mark.parametrize("line", ["COPY app.py /srv/", 'COPY ["app.py", "/srv/"]', "ADD --chown=1:1 ./app.py /srv/"])
def test_a_source_that_the_context_lacks_is_named(line: str) -> None:
    [message] = findings(line, [])
    assert "app.py" in message
    assert "build context" in message
    assert findings(line, ["app.py"]) == []


@pytest.mark.parametrize(
    "line",
    [
        "COPY . /srv/",
        "COPY Dockerfile /srv/",
        "COPY --from=debian:12 /etc/passwd /tmp/",
        "ADD https://example.org/tool.tar.gz /opt/",
        "COPY $SOURCE /srv/",
        "COPY *.py /srv/",
        "COPY <<EOF /srv/text\nhello\nEOF",
    ],
)
def test_sources_that_need_no_file_are_no_problem(line: str) -> None:
    assert findings(line, []) == []


@pytest.mark.parametrize("name", ["it's.txt", "a 'b c'", 'say "x".txt', "a b", "#"])
def test_a_name_with_quotes_is_found_as_it_is_written_for_builders(name: str) -> None:
    line = f"COPY {path_list([UserText('file', name), UserText('destination', '/srv/')])}"
    assert findings(line, [name]) == []
    assert findings(line, ["other"]) != []


def test_a_repository_in_quotes_is_one() -> None:
    address = UserText("url", "https://host.lan/it's.git")
    line = f"ADD {path_list([address, UserText('destination', '/srv/')])}"
    assert findings(line, []) == []
    old = Builder(git_sources=False)
    assert [found.severity for found in check(f"FROM debian:12\n{line}\n", builder=old)] == ["error"]


def test_a_folder_of_the_context_is_a_source() -> None:
    assert findings("COPY src /srv/", ["src/main.py"]) == []
    assert findings("COPY src /srv/", ["srcs/main.py"]) != []


def test_nothing_is_said_when_the_context_is_not_known() -> None:
    assert check("FROM debian:12\nCOPY app.py /srv/\n") == []
