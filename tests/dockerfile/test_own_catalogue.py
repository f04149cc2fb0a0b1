"""Whatever a user's own catalogue says, it stays text: no entry adds an instruction or leaves its word in a shell."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trailer_tui.catalog.catalogue import builtin, merged
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.dockerfile.inputs import BuildInputs
from trailer_tui.dockerfile.parse import Instruction, parse
from trailer_tui.model.catalogue import Catalogue
from trailer_tui.model.image import GenerateConfiguration

DESKTOP = "lscr.io/linuxserver/webtop:debian-xfce"
BASES = [DESKTOP, "ubuntu:24.04", "mirror.local/x:1"]

_PIECES = ["x", "\n", "\\", "\\\n", "\nRUN evil", '"', "'", "$(evil)", "`evil`", ";", "&&", "|", ">", "#", "{{", "%}"]
hostile = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    st.lists(st.sampled_from([*_PIECES, " ", "é", "-"]), min_size=1).map("".join),
)
ROUTES: list[dict[str, Any]] = [
    {"packages": ["tidy"], "remove": ["/etc/x"], "no_sandbox": ["/usr/bin/tidy"]},
    {
        "apt": {
            "name": "own",
            "key": "https://x/key",
            "address": "https://x/deb",
            "suite": "/",
            "packages": ["tidy"],
            "pin": 1000,
        }
    },
    {"file": {"addresses": {"amd64": "https://x/a.deb"}}},
    {
        "archive": {
            "addresses": {"amd64": "https://x/a.tar"},
            "folder": "/opt/own",
            "programs": ["bin/own"],
            "menu": "bin/own",
        }
    },
    {"python": {"folder": "/opt/own", "packages": ["own>=1"], "programs": ["own"]}},
    {"unavailable": "no"},
]


def own(route: dict[str, Any], **texts: str) -> Catalogue:
    """The catalogue with one more application; its route is what holds on Debian and Ubuntu."""
    entry: dict[str, Any] = {"id": "own", "label": "Own", "description": "An application", "kind": "general"} | texts
    entry |= {"systems": {"debian": route, "ubuntu": route, "alpine": {"packages": ["own"]}}}
    return merged(builtin(), {"own.yaml": json.dumps({"applications": [entry]}, ensure_ascii=False)})


def instructions(catalogue: Catalogue, base: str) -> list[Instruction]:
    services: dict[str, Any] = {"applications": ["own"]}
    if base == DESKTOP:
        services["desktop"] = {"operating_system": "debian", "environment": "xfce"}
    document = {"image_name": "a:b", "base_image": base, "services": services}
    context = build_context(GenerateConfiguration.model_validate(document), BuildInputs(catalogue=catalogue))
    assert context is not None
    return list(parse(context.dockerfile).instructions)


def words(found: list[Instruction]) -> list[list[str]]:
    return [shlex.split(one.arguments) for one in found if one.keyword == "RUN"]


@pytest.mark.parametrize("route", ROUTES[:-1], ids=lambda route: next(iter(route)))
@settings(max_examples=100)
@given(st.sampled_from(BASES), hostile, hostile, hostile)
def test_texts_of_an_entry_are_refused_or_stay_single_words(
    route: dict[str, Any], base: str, label: str, description: str, note: str
) -> None:
    catalogue = own(route, label=label, description=description, note=note)
    if catalogue.problems:
        assert catalogue.application("own") is None
        assert all(problem.startswith("own.yaml: ") for problem in catalogue.problems)
        return
    found = instructions(catalogue, base)
    plain = instructions(own(route), base)
    assert [one.keyword for one in found] == [one.keyword for one in plain]
    # Beside the words that carry the texts, and so are as many, nothing changes.
    assert [len(run) for run in words(found)] == [len(run) for run in words(plain)]


@settings(max_examples=100)
@given(hostile)
def test_a_reason_is_one_word_of_what_the_build_is_told(reason: str) -> None:
    catalogue = own({"unavailable": reason})
    if catalogue.problems:
        return
    found = instructions(catalogue, "mirror.local/x:1")
    assert [one.keyword for one in found if one.keyword == "RUN"] == ["RUN"]
    assert any(reason in word for word in words(found)[0])


@pytest.mark.parametrize("route", ROUTES[:-1], ids=lambda route: next(iter(route)))
@settings(max_examples=100)
@given(hostile, st.integers(0, 9))
def test_a_value_of_a_route_is_refused_or_stays_a_single_word(route: dict[str, Any], value: str, place: int) -> None:
    """Each text in the route in turn, such as the third package or the key's address."""
    changed = json.loads(json.dumps(route))
    places = list(texts_of(changed))
    holder, key = places[place % len(places)]
    before = holder[key]
    holder[key] = value
    catalogue = own(changed)
    if catalogue.problems:
        return
    found, plain = instructions(catalogue, "debian:12"), instructions(own(route), "debian:12")
    assert [one.keyword for one in found] == [one.keyword for one in plain]
    assert [len(run) for run in words(found)] == [len(run) for run in words(plain)], before


def texts_of(value: Any) -> Any:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        if isinstance(inner, str):
            yield value, key
        elif isinstance(inner, dict | list):
            yield from texts_of(inner)
