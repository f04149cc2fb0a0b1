"""The names before the lines of the log."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.dockerfile.command_names import command_names


def test_names_are_what_one_would_call_the_commands() -> None:
    named = {
        "nginx -g 'daemon off;'": "nginx",
        "/usr/sbin/sshd -D": "sshd",
        "python -m http.server 8000": "http.server",
        "python3.11 -u /srv/main.py": "main",
        "bash /opt/start.sh": "start",
        "cd /srv && exec ./serve --all > log": "serve",
        "cd /srv; MODE=1 worker": "worker",
        "sh -c 'echo a'": "sh",
        "java -jar /srv/app.jar": "app",
        "$PROGRAM": "PROGRAM",
        "日本": "command",
    }
    assert command_names(list(named)) == list(named.values())


def test_names_differ() -> None:
    assert command_names(["worker 1", "worker 2", "worker-2", "./worker"]) == [
        "worker",
        "worker-2",
        "worker-2-2",
        "worker-3",
    ]


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40), max_size=6))
def test_any_command_has_a_name_of_its_own_that_can_be_a_folder(commands: list[str]) -> None:
    try:
        names = command_names(commands)
    except ValueError:
        return  # a quote without its end: no image can have it
    assert len(set(names)) == len(commands)
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", name) for name in names)
