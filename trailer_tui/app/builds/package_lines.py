"""The exact packages of a build's environments, and what changed, as lines to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from trailer_tui.app.builds.facts import counted
from trailer_tui.app.text_line import TextLine

if TYPE_CHECKING:
    from trailer_tui.model.resolved import BuildPackages, PackageChange, ResolvedEnvironment

_WIDEST = 32
"""Cells that a column takes at most so that the next one stays in line."""


def package_lines(found: BuildPackages) -> list[TextLine]:
    """What changed first, then every environment."""
    lines = list(_change_lines(found))
    for environment in found.resolved:
        lines += [TextLine(""), *_environment_lines(environment, is_locked=environment.name in found.locked)]
    return lines


def _change_lines(found: BuildPackages) -> Iterator[TextLine]:
    if found.compared_with is None:
        yield TextLine(" The first build whose packages are known", "heading")
    elif not found.changes:
        yield TextLine(f" Nothing changed since build {found.compared_with}", "heading")
    else:
        yield TextLine(f" Changed since build {found.compared_with}", "heading")
        several = len(found.resolved) > 1
        rows = [(change.environment if several else "", change.name) for change in found.changes]
        for change, (environment, name) in zip(found.changes, _aligned(rows), strict=True):
            yield _change_line(change, f"{environment}{name}" if several else name)


def _change_line(change: PackageChange, name: str) -> TextLine:
    if not change.before:
        return TextLine(f" + {name}new: {change.after}", "added")
    if not change.after:
        return TextLine(f" - {name}gone: {change.before}", "removed")
    return TextLine(f" ~ {name}{change.before} → {change.after}")


def _environment_lines(environment: ResolvedEnvironment, *, is_locked: bool) -> Iterator[TextLine]:
    how = "as an earlier build resolved it" if is_locked else "resolved by this build"
    yield TextLine(f" Environment {environment.name}, {how}", "heading")
    yield TextLine(f" {counted(len(environment.conda), 'package')} from conda channels", "muted")
    for name, version, build in _aligned([(one.name, one.version, one.build) for one in environment.conda]):
        yield TextLine(f"   {name}{version}{build}".rstrip())
    if environment.pypi:
        yield TextLine(f" {counted(len(environment.pypi), 'package')} from PyPI", "muted")
    for name, version in _aligned([(one.name, one.version) for one in environment.pypi]):
        yield TextLine(f"   {name}{version}".rstrip())


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """The same cells, padded to columns."""
    widths = [min(_WIDEST, max(map(len, column))) for column in zip(*rows, strict=True)]
    for row in rows:
        yield tuple(f"{cell:<{width}}  " for cell, width in zip(row, widths, strict=True))
