"""Reads the catalogue: what comes with Trailer, and what a user's own files add to it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from trailer_tui.model import catalogue as catalogue_model
from trailer_tui.model import installation as installation_model
from trailer_tui.model.catalogue import Application, Catalogue
from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.yaml_tree import YamlProblem, yaml_trees
from trailer_tui.printable import printable

__all__ = ["Catalogue", "builtin", "merged"]

_APPLICATION_FILES = ("applications_desktop.yaml", "applications_general.yaml")
_SHOWN_CHARACTERS = 60

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times as fast where PyYAML comes with it."""


@cache
def builtin() -> Catalogue:
    """The catalogue that comes with Trailer."""
    systems = _read("systems.yaml")
    windows = _read("windows.yaml")
    keyboards = _read("keyboards.yaml")
    languages = _read("languages.yaml")
    empty = Catalogue.model_validate(
        {"systems": systems, "windows": windows, "keyboards": keyboards, "languages": languages}
    )
    found = merged(empty, {name: _text(name) for name in _APPLICATION_FILES})
    if found.problems:
        raise InvalidInput("; ".join(found.problems))
    return found


def merged(base: Catalogue, texts: Mapping[str, str]) -> Catalogue:
    """The catalogue with what a user's files add; an application of an id that there is replaces that one.

    Args:
        base: what is added to.
        texts: contents by the file's name. What is broken in one is left out and named in `problems`; the rest counts.
    """
    origin: dict[str, str] = {}
    added: dict[str, Application] = {}
    problems = list(base.problems)
    for name in sorted(texts):
        for found in _applications(base, name, texts[name]):
            if isinstance(found, str):
                problems.append(found)
            elif found.id in origin:
                problems.append(f"{name}: {found.id} stands in {origin[found.id]} too: give one another id")
            else:
                origin[found.id] = name
                added[found.id] = found
    kept = [added.pop(entry.id, entry) for entry in base.applications]
    return base.model_copy(update={"applications": (*kept, *added.values()), "problems": tuple(problems)})


def _applications(base: Catalogue, name: str, text: str) -> Iterator[Application | str]:
    """The entries of a file, and in the place of a broken one what is wrong with it."""
    try:
        # Not PyYAML's loader: that stops at dates that are none, and its parser in C at what is nested too deep.
        documents = [tree for tree, _ in yaml_trees(text)]
    except YamlProblem as found:
        line = f" (line {found.line})" if found.line else ""
        yield f"{name}: {printable(found.problem)}{line}: {found.remedy or 'correct the file'}"
        return
    document: Any = documents[0] if len(documents) == 1 else None
    entries = document.get("applications") if isinstance(document, dict) else None
    if not isinstance(entries, list) or set(document) != {"applications"}:
        yield f"{name}: is no catalogue: write one key, applications, with a list of entries"
        return
    for number, entry in enumerate(entries, start=1):
        called = entry.get("id") if isinstance(entry, dict) else None
        where = f"{name}: entry {number}" + (f" ({printable(str(called))[:_SHOWN_CHARACTERS]})" if called else "")
        try:
            application = Application.model_validate(entry)
        except ValidationError as error:
            yield from (f"{where}: {_problem(found)}" for found in error.errors())
            continue
        problem = _unknown_repository(application, base)
        yield f"{where}: {problem}" if problem else application


def _unknown_repository(application: Application, base: Catalogue) -> str:
    """What is wrong with the repositories that an entry wants enabled; empty when they are there."""
    for system, installation in application.systems.items():
        entry = base.system(system)
        known = [repository.id for repository in entry.repositories] if entry is not None else []
        routes = [installation, *([installation.on_desktop] if installation.on_desktop is not None else [])]
        for name in (name for route in routes for name in route.repositories):
            if name not in known:
                return f"systems.{system}.repositories {name!r}: is not there: {', '.join(known) or 'remove it'}"
    return ""


def _problem(found: Any) -> str:
    """What pydantic says of one place, as field, value, problem and remedy."""
    path = printable(".".join(str(part) for part in found["loc"] if part != "[key]"))
    if found["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(found["loc"][-1]), _known_keys(), n=1)
        return f"{path}: is no key of the catalogue: " + (f"did you mean {near[0]}?" if near else "remove it")
    message = str(found["msg"]).removeprefix("Value error, ")
    if found["type"] == "missing":
        return f"{path}: is missing: add it"
    value = found.get("input")
    shown = f" {printable(str(value))[:_SHOWN_CHARACTERS]!r}" if isinstance(value, str | int | float) else ""
    return f"{path}{shown}: {printable(message)}".removeprefix(": ")


@cache
def _known_keys() -> list[str]:
    models = [
        value
        for module in (catalogue_model, installation_model)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, BaseModel)
    ]
    return sorted({name for model in models for name in model.model_fields})


def _read(name: str) -> Any:
    return yaml.load(_text(name), Loader=_LOADER)  # noqa: S506  # both loaders are safe ones


def _text(name: str) -> str:
    return files("trailer_tui.catalog").joinpath(name).read_text(encoding="utf-8")
