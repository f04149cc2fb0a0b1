"""The catalogue that comes with Trailer is complete, and a user's own files add to it or are named."""

from __future__ import annotations

from importlib.resources import files
from typing import get_args

import pytest

from trailer_tui.catalog.base_images import system_of
from trailer_tui.catalog.catalogue import builtin, merged
from trailer_tui.model.catalogue import Application, Catalogue, Choice, System
from trailer_tui.model.installation import Route
from trailer_tui.model.reference import ImageReference
from trailer_tui.model.services import LinuxDesktop, LinuxEnvironment, LinuxSystem, WindowsDesktop, WindowsEdition

OWN = """
applications:
  - id: tidy
    label: HTML Tidy
    description: Cleans HTML
    kind: general
    systems:
      debian: {packages: [tidy]}
      el: {repositories: [epel], packages: [tidy]}
"""


def routes(application: Application) -> list[Route]:
    found = [application.route(entry.id) for entry in builtin().systems]
    return found + [application.route(entry.id, on_desktop=True) for entry in builtin().systems]


@pytest.mark.parametrize("application", builtin().applications, ids=lambda application: application.id)
def test_every_application_says_how_or_why_not_for_every_system(application: Application) -> None:
    assert set(application.systems) == set(get_args(System))
    for system, installation in application.systems.items():
        for route in (installation, installation.on_desktop):
            if route is None:
                continue
            assert route.unavailable is None or len(route.unavailable) > 10
            assert route.apt is None or system in ("debian", "ubuntu")
            assert route.dnf is None or system in ("el", "fedora")
            assert route.vendor is None or system != "alpine" or route.python
    assert any(not route.unavailable for route in routes(application))


def test_ids_labels_and_codes_stand_for_one_thing() -> None:
    catalogue = builtin()
    applications = catalogue.applications
    assert len({one.id for one in applications}) == len({one.label for one in applications}) == len(applications)
    lists = (catalogue.keyboards, catalogue.languages, catalogue.windows.keyboards, catalogue.windows.languages)
    for choices in lists:
        assert len({choice.code for choice in choices}) == len(choices)
        assert len({choice.label for choice in choices}) == len(choices)


def test_what_the_form_offers_can_be_stored() -> None:
    catalogue = builtin()
    for entry in catalogue.desktop_systems():
        for image in entry.environments:
            LinuxDesktop.model_validate({"operating_system": entry.id, "environment": image.environment})
    for keyboard in catalogue.keyboards:
        LinuxDesktop(operating_system="debian", environment="xfce", keyboard=keyboard.code)
    for language in catalogue.languages:
        LinuxDesktop(operating_system="debian", environment="xfce", language=language.code)
    for keyboard in catalogue.windows.keyboards:
        WindowsDesktop(keyboard=keyboard.code)
    for language in catalogue.windows.languages:
        WindowsDesktop(language=language.code)
    assert tuple(edition.code for edition in catalogue.windows.editions) == get_args(WindowsEdition)


def test_every_environment_is_valid_everywhere_but_kde_on_enterprise_linux() -> None:
    catalogue = builtin()
    assert {entry.id for entry in catalogue.desktop_systems()} == set(get_args(LinuxSystem))
    missing = {
        (entry.id, environment)
        for entry in catalogue.desktop_systems()
        for environment in get_args(LinuxEnvironment)
        if catalogue.desktop_image(entry.id, environment) is None
    }
    assert missing == {("el", "kde")}


def test_desktop_images_have_a_tag_each_and_are_recognised() -> None:
    catalogue = builtin()
    images = [(entry.id, image) for entry in catalogue.desktop_systems() for image in entry.environments]
    assert len({image.reference for _, image in images}) == len(images) == 23
    for system, image in images:
        assert ImageReference.parse(image.reference).tag
        assert system_of(image.reference) == system
        found = catalogue.desktop_of(image.reference)
        assert found is not None
        assert (found[0].id, found[1]) == (system, image)
    assert catalogue.desktop_image("alpine", "xfce") == catalogue.environments_of("alpine")[0]
    assert ImageReference.parse(catalogue.windows.reference).tag


@pytest.mark.parametrize(
    ("reference", "system", "family"),
    [
        ("ubuntu:22.04", "ubuntu", "debian"),
        ("debian", "debian", "debian"),
        ("python:3.13-slim", "debian", "debian"),
        ("python:3.13-alpine", "alpine", "alpine"),
        ("rockylinux:9", "el", "redhat"),
        ("fedora:44", "fedora", "redhat"),
        ("opensuse/leap:15", "suse", "suse"),
        ("mirror.local/debian:12", None, None),
        ("no reference", None, None),
    ],
)
def test_a_reference_says_its_distribution_where_it_is_known(
    reference: str, system: str | None, family: str | None
) -> None:
    assert system_of(reference) == system
    entry = builtin().system(system) if system else None
    assert (entry.family if entry else None) == family


def test_an_application_is_offered_where_it_can_be_had_and_the_reason_is_told_elsewhere() -> None:
    catalogue = builtin()

    def reasons(kind: str, **base: object) -> dict[str, str]:
        found = catalogue.offers("desktop" if kind == "desktop" else "general", **base)  # type: ignore[arg-type]
        assert [offer.is_available for offer in found] == [not offer.reason for offer in found]
        return {offer.application.id: offer.reason for offer in found}

    assert "musl" in reasons("desktop", system="alpine", on_desktop=True)["vscode"]
    assert reasons("desktop", system="debian", on_desktop=True)["vscode"] == ""
    assert reasons("general", family="debian")["nginx"] == ""
    assert "RPM Fusion" in reasons("general", system="fedora", on_desktop=True)["ffmpeg"]
    assert reasons("general", system="fedora")["ffmpeg"] == ""
    assert "firefox" not in reasons("general")
    # Of a family, what one of its systems has can be chosen; the build says where it is not.
    assert catalogue.application("thunderbird") is not None
    assert reasons("desktop", family="debian")["thunderbird"] == ""
    assert reasons("desktop", system="ubuntu")["thunderbird"] != ""


def test_codes_have_names_and_unknown_ones_are_shown_as_they_are() -> None:
    catalogue = builtin()
    assert catalogue.keyboard_label("de") == "German"
    assert catalogue.keyboard_label("de-CH") == "German (Switzerland)"
    assert catalogue.language_label("de_AT") == "German (Austria)"
    assert catalogue.edition_label("2025") == "Windows Server 2025"
    assert catalogue.system_label("el") == "Enterprise Linux"
    assert catalogue.system_label("windows") == "Windows"
    assert catalogue.environment_label("kde") == "KDE Plasma"
    assert catalogue.application_label("vscode") == "Visual Studio Code"
    assert catalogue.language_label("xx_XX") == catalogue.application_label("xx_XX") == "xx_XX"
    assert catalogue.nearest("ngnix", "general") == "nginx"
    assert catalogue.nearest("ngnix", "desktop") == ""


def test_a_catalogue_survives_the_trip_over_http() -> None:
    text = builtin().model_dump_json(exclude_defaults=True)
    assert Catalogue.model_validate_json(text) == builtin()


def test_every_file_of_the_package_is_read() -> None:
    names = {file.name for file in files("trailer_tui.catalog").iterdir() if file.name.endswith(".yaml")}
    assert names == {
        "applications_desktop.yaml",
        "applications_general.yaml",
        "base_images.yaml",
        "keyboards.yaml",
        "languages.yaml",
        "systems.yaml",
        "windows.yaml",
    }


def test_an_own_file_adds_and_replaces() -> None:
    replaced = OWN.replace("id: tidy", "id: nginx")
    found = merged(builtin(), {"b.yaml": replaced, "a.yaml": OWN})
    assert found.problems == ()
    assert len(found.applications) == len(builtin().applications) + 1
    nginx, tidy = found.application("nginx"), found.application("tidy")
    assert nginx is not None
    assert tidy is not None
    assert nginx.label == tidy.label == "HTML Tidy"
    assert tidy.route("debian").packages == ("tidy",)
    assert tidy.route("arch").unavailable == "the catalogue does not say how"


def entry(**changes: str) -> str:
    lines = {
        "id": "id: tidy",
        "label": "label: HTML Tidy",
        "description": "description: Cleans HTML",
        "kind": "kind: general",
        "systems": "systems: {debian: {packages: [tidy]}}",
    } | changes
    return "applications:\n  - " + "\n    ".join(line for line in lines.values() if line)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[}", ["is no YAML", "line 1"]),
        ("- x", ["is no catalogue", "applications"]),
        ("aplications: []", ["is no catalogue", "applications"]),
        ("applications: 3", ["is no catalogue", "applications"]),
        ("applications: []\n---\napplications: []", ["is no catalogue", "applications"]),
        (f"applications: {'[' * 50_000}{']' * 50_000}", ["is nested too deep", "line 1"]),
        (f"applications: {'1' * 5000}", ["is no catalogue", "applications"]),
        (entry(label="label: 2024-13-45", kind="kind: 2024-13-45"), ["kind", "'2024-13-45'"]),
        ("applications: [3]", ["entry 1", "'3'"]),
        (entry(label=""), ["entry 1 (tidy)", "label", "is missing", "add it"]),
        (entry(label="label: ''"), ["label", "is empty", "write one short line"]),
        (entry(label='label: "a\\nb"'), ["label", "control character", "remove it"]),
        (entry(kind="kind: other"), ["kind", "'other'", "'general' or 'desktop'"]),
        (entry(id="id: Tidy Up"), ["id", "'Tidy Up'", "is no id of the catalogue"]),
        (entry(systems="systems: {debian: {packges: [tidy]}}"), ["systems.debian.packges", "did you mean packages?"]),
        (entry(systems="systems: {debain: {packages: [tidy]}}"), ["systems.debain", "'debian'"]),
        (entry(systems="systems: {debian: {}}"), ["systems.debian", "says nothing", "give packages"]),
        (entry(systems="systems: {debian: {packages: [a], included: true}}"), ["systems.debian", "contradicts"]),
        (entry(systems="systems: {debian: {packages: [--force]}}"), ["packages.0", "'--force'", "name of a package"]),
        (entry(systems="systems: {debian: {packages: ['a; rm -rf /']}}"), ["packages.0", "name of a package"]),
        (entry(systems="systems: {debian: {repositories: [epel], packages: [a]}}"), ["debian.repositories", "'epel'"]),
        (
            entry(systems="systems: {debian: {file: {addresses: {amd64: 'ftp://x/y'}}}}"),
            ["file.addresses.amd64", "'ftp://x/y'", "http or https"],
        ),
        (
            entry(systems="systems: {debian: {file: {addresses: {amd64: 'https://u:p@x/y'}}}}"),
            ["file.addresses.amd64", "without account"],
        ),
        (
            entry(systems="systems: {debian: {python: {folder: /opt/../etc, packages: [a], programs: [a]}}}"),
            ["python.folder", "'/opt/../etc'", "absolute path"],
        ),
        (
            entry(systems="systems: {debian: {archive: {addresses: {}, folder: /opt/x, programs: [../../bin/sh]}}}"),
            ["archive.programs.0", "'../../bin/sh'", "single word"],
        ),
    ],
)
def test_a_broken_entry_is_named_with_its_remedy_and_the_rest_works(text: str, words: list[str]) -> None:
    other = OWN.replace("id: tidy", "id: other")
    found = merged(builtin(), {"broken.yaml": text, "good.yaml": other})
    problem = found.problems[0]
    assert problem.startswith("broken.yaml: ")
    assert all(word in problem for word in words), problem
    assert found.application("other") is not None
    assert found.application("tidy") is None
    assert len(found.applications) == len(builtin().applications) + 1


def test_two_own_files_with_one_id_are_told() -> None:
    found = merged(builtin(), {"a.yaml": OWN, "b.yaml": OWN.replace("HTML Tidy", "Other")})
    assert found.problems == ("b.yaml: tidy stands in a.yaml too: give one another id",)
    assert found.application_label("tidy") == "HTML Tidy"


def test_a_broken_entry_leaves_the_others_of_its_file() -> None:
    text = OWN + OWN.removeprefix("\napplications:\n").replace("id: tidy", "id: other").replace("kind: general", "")
    found = merged(builtin(), {"a.yaml": text})
    assert found.application("tidy") is not None
    assert found.application("other") is None
    [problem] = found.problems
    assert problem.startswith("a.yaml: entry 2 (other): kind: is missing")


def test_lists_are_not_for_own_files_to_change() -> None:
    found = merged(builtin(), {"a.yaml": "applications: []\nkeyboards: []"})
    assert "one key, applications" in found.problems[0]
    assert found.keyboards == builtin().keyboards
    assert all(isinstance(choice, Choice) for choice in found.keyboards)
