"""YAML as plain data with the line of every key, from PyYAML's events.

Its own loader would take the last of two equal keys, follow aliases without end, read `no` as a truth value and `11` as
a number where a text is wanted, and fall over deep nesting. Here every scalar that is not null is a text; the models
know what they want.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

MAX_DEPTH = 40
"""Mappings and lists inside each other; a document of Trailer's has less than ten."""
MAX_NODES = 200_000
"""Keys, values and lists of all documents, counted again wherever an alias repeats them."""

Lines = dict[tuple[str | int, ...], int]
"""The line, from 1, of every key and list entry by its path; the empty path is the document's."""

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TEXT_TAG = "tag:yaml.org,2002:str"


class YamlProblem(Exception):
    """A text that cannot be used."""

    def __init__(self, problem: str, *, line: int | None = None, remedy: str = "", is_syntax: bool = False) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line
        self.remedy = remedy
        self.is_syntax = is_syntax
        """Whether it is no YAML at all."""


def yaml_trees(text: str) -> Iterator[tuple[Any, Lines]]:
    """The documents of a text, each as dictionaries, lists, texts and None, and the lines in it.

    A key without a value is left out: it says nothing.

    Raises:
        YamlProblem: it is no YAML, repeats a key, or is nested too deep or too large.
    """
    reader = _Reader(text)
    try:
        yield from reader.documents()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else None
        raise YamlProblem(f"is no YAML, {error.problem or error.context}", line=line, is_syntax=True) from None
    except (yaml.YAMLError, UnicodeError) as error:
        raise YamlProblem(f"is no YAML, {str(error).splitlines()[0]}", is_syntax=True) from None


class _Reader:
    def __init__(self, text: str) -> None:
        # Only its parser: what loads data is never asked.
        self._events: Iterator[yaml.Event] = iter(
            yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        )
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._nodes = 0
        self._lines: Lines = {}

    def documents(self) -> Iterator[tuple[Any, Lines]]:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors, self._lines = {}, {}
                first = next(self._events)
                self._lines[()] = _line(first)
                yield self._value(first, ()), self._lines

    def _value(self, event: yaml.Event, path: tuple[str | int, ...]) -> Any:
        before = self._nodes
        self._count(1, event)
        if isinstance(event, yaml.AliasEvent):
            value, size = self._anchored(event)
            self._count(size, event)
            return value
        assert isinstance(event, yaml.NodeEvent)
        _refuse_tag(event)
        if len(path) > MAX_DEPTH:
            raise YamlProblem("is nested too deep", line=_line(event))
        if isinstance(event, yaml.MappingStartEvent):
            value = self._mapping(path)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(path)
        else:
            assert isinstance(event, yaml.ScalarEvent)
            value = None if event.implicit[0] and not event.style and event.value in _NULL else event.value
        anchor: str | None = event.anchor
        if anchor is not None:
            self._anchors[anchor] = value, self._nodes - before
        return value

    def _mapping(self, path: tuple[str | int, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        seen: dict[str, int] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise YamlProblem(
                    "has a key that is no text", line=_line(event), remedy="write a word before the colon"
                )
            key, line = event.value, _line(event)
            if key in seen:
                problem = f"{'.'.join(map(str, (*path, key)))} is there twice, in line {seen[key]} too"
                raise YamlProblem(problem, line=line, remedy="remove one of them")
            seen[key] = self._lines[(*path, key)] = line
            value = self._value(next(self._events), (*path, key))
            if value is not None:
                found[key] = value
        return found

    def _sequence(self, path: tuple[str | int, ...]) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            place = (*path, len(found))
            self._lines[place] = _line(event)
            found.append(self._value(event, place))
        return found

    def _anchored(self, event: yaml.AliasEvent) -> tuple[Any, int]:
        # An anchor counts from its end on, so that nothing can hold itself.
        found = self._anchors.get(str(event.anchor))
        if found is None:
            raise YamlProblem(f"*{event.anchor} names nothing that stands before it", line=_line(event))
        return found

    def _count(self, nodes: int, event: yaml.Event) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise YamlProblem(f"has more than {MAX_NODES:,} keys and values", line=_line(event))


def _refuse_tag(event: yaml.NodeEvent) -> None:
    tag: str | None = getattr(event, "tag", None)
    if tag not in (None, "!", _TEXT_TAG):
        problem = f"has the tag {tag}, and none is understood"
        raise YamlProblem(problem, line=_line(event), remedy="write the value without a tag")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1
