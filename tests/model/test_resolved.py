"""What environments became, and what differs between two builds."""

from __future__ import annotations

from trailer_tui.model.environment import CondaPackage, Environment
from trailer_tui.model.resolved import (
    BuildPackages,
    PackageChange,
    ResolvedCondaPackage,
    ResolvedEnvironment,
    ResolvedPypiPackage,
    lock_for,
    package_changes,
    specification_of,
)


def resolved(name: str, *conda: tuple[str, str, str], pypi: tuple[tuple[str, str], ...] = ()) -> ResolvedEnvironment:
    packages = [ResolvedCondaPackage(name=name, version=version, build=build, url="") for name, version, build in conda]
    wheels = [ResolvedPypiPackage(name=name, version=version) for name, version in pypi]
    return ResolvedEnvironment(name=name, platform="linux-64", specification="x", conda=packages, pypi=wheels)


def test_changes_are_those_of_environments_that_both_builds_have() -> None:
    before = [
        resolved("ml", ("a", "1", "0"), ("b", "1", "0"), ("gone", "1", "0"), pypi=(("Some_Thing", "1"),)),
        resolved("old", ("a", "1", "0")),
    ]
    after = [
        resolved("new", ("a", "9", "0")),
        resolved("ml", ("a", "2", "0"), ("b", "1", "1"), ("c", "1", "0"), pypi=(("some.thing", "1"), ("more", "3"))),
    ]
    told = [(change.source, change.name, change.before, change.after) for change in package_changes(before, after)]
    assert told == [
        ("conda", "a", "1", "2"),
        ("conda", "b", "1 0", "1 1"),
        ("conda", "c", "", "1"),
        ("conda", "gone", "1", ""),
        ("pypi", "more", "", "3"),
    ]
    assert package_changes(after, after) == []


def test_a_lock_counts_for_the_same_name_platform_and_wishes_alone() -> None:
    wish = Environment(name="ml", conda=[CondaPackage.parse("numpy>=1")])
    lock = resolved("ml").model_copy(update={"specification": specification_of(wish)})
    assert lock_for(wish, "linux-64", [resolved("ml"), lock]) is lock
    assert lock_for(wish, "linux-aarch64", [lock]) is None
    assert lock_for(wish.model_copy(update={"name": "web"}), "linux-64", [lock]) is None
    assert lock_for(wish.model_copy(update={"channels": ["other"]}), "linux-64", [lock]) is None
    assert specification_of(wish) == specification_of(wish.model_copy(update={"name": "web"}))


def test_counts_are_told_in_words() -> None:
    change = PackageChange(environment="ml", source="conda", name="a", before="1", after="2")
    found = BuildPackages(build_id=9, number=3, resolved=[resolved("ml", ("a", "2", "0"))], locked=[], changes=[change])
    assert found.counts() == "1 conda and 0 PyPI packages"
    compared = found.model_copy(update={"compared_with": 2})
    assert compared.counts().endswith("; 1 changed since build 2")
    assert compared.model_copy(update={"changes": []}).counts().endswith("; none changed since build 2")
