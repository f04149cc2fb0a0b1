"""What choices in the form imply for other fields, and that what somebody typed stays."""

from __future__ import annotations

from typing import Any

import pytest

from trailer_tui.catalog.catalogue import builtin
from trailer_tui.dockerfile.prefill import prefill
from trailer_tui.model.image import DEFAULT_BASE_IMAGE
from trailer_tui.model.prefill import BASE_IMAGE_FIELD, DESKTOP_FIELD, SQUASH_FIELD, PrefillRequest

DEBIAN_XFCE = "lscr.io/linuxserver/webtop:debian-xfce"
WINDOWS = builtin().windows.reference


def answered(*, mode: str = "generate", base_image: str = DEFAULT_BASE_IMAGE, **fields: Any) -> dict[str, Any]:
    request = PrefillRequest.model_validate({"mode": mode, "base_image": base_image, **fields})
    found = prefill(request, builtin())
    assert all(field.reason for field in found.fields)
    return {field.field: field.value for field in found.fields}


def test_nothing_follows_from_nothing() -> None:
    assert answered() == {}
    assert answered(applications=["nginx"]) == {}


def test_a_desktop_application_forces_a_desktop_on_with_its_base_image() -> None:
    assert answered(desktop_applications=["gimp"]) == {
        DESKTOP_FIELD: {"operating_system": "debian", "environment": "xfce"},
        BASE_IMAGE_FIELD: DEBIAN_XFCE,
    }


def test_a_desktop_that_is_chosen_stays_with_its_applications() -> None:
    found = answered(operating_system="arch", environment="i3", desktop_applications=["gimp"])
    assert found == {BASE_IMAGE_FIELD: "lscr.io/linuxserver/webtop:arch-i3"}


def test_the_base_image_follows_system_and_environment() -> None:
    assert answered(operating_system="alpine", environment="xfce", base_image=DEBIAN_XFCE) == {
        BASE_IMAGE_FIELD: "lscr.io/linuxserver/webtop:latest"
    }
    assert answered(operating_system="debian", environment="xfce", base_image=DEBIAN_XFCE) == {}


@pytest.mark.parametrize("environment", ["kde", "", "nonsense"])
def test_an_environment_that_a_system_lacks_becomes_one_that_it_has(environment: str) -> None:
    found = answered(operating_system="el", environment=environment)
    assert found[DESKTOP_FIELD] == {"operating_system": "el", "environment": "xfce"}
    assert found[BASE_IMAGE_FIELD].startswith("lscr.io/linuxserver/webtop:el-xfce")


def test_windows_has_its_base_image_and_nothing_to_squash() -> None:
    assert answered(operating_system="windows") == {BASE_IMAGE_FIELD: WINDOWS, SQUASH_FIELD: False}
    assert answered(operating_system="windows", base_image=WINDOWS, squash=False) == {}


def test_going_back_from_a_desktop_brings_the_defaults_back() -> None:
    assert answered(base_image=DEBIAN_XFCE) == {BASE_IMAGE_FIELD: DEFAULT_BASE_IMAGE}
    assert answered(base_image=WINDOWS, squash=False) == {BASE_IMAGE_FIELD: DEFAULT_BASE_IMAGE, SQUASH_FIELD: None}
    assert answered(base_image="debian:12") == {}
    assert answered(base_image="debian:12", squash=False) == {}


@pytest.mark.parametrize(
    ("edited", "left"),
    [
        ([BASE_IMAGE_FIELD], [DESKTOP_FIELD]),
        ([DESKTOP_FIELD], []),
        (["configuration.services.desktop.environment"], []),
        (["configuration.services"], []),
        (["configuration"], []),
        (["name", "configuration.base_image_of_mine"], [DESKTOP_FIELD, BASE_IMAGE_FIELD]),
    ],
)
def test_an_edited_field_is_never_proposed(edited: list[str], left: list[str]) -> None:
    assert list(answered(desktop_applications=["gimp"], edited=edited)) == left


def test_an_edited_field_of_windows_is_never_proposed() -> None:
    assert answered(operating_system="windows", edited=[SQUASH_FIELD, BASE_IMAGE_FIELD]) == {}


def test_a_dockerfile_of_the_users_own_gets_no_base_image() -> None:
    assert list(answered(mode="write", desktop_applications=["gimp"])) == [DESKTOP_FIELD]
    assert answered(mode="write", operating_system="debian", environment="xfce") == {}


def test_a_pulled_image_has_nothing_to_prefill() -> None:
    assert answered(mode="pull", desktop_applications=["gimp"], operating_system="windows") == {}


def test_what_does_not_exist_implies_nothing_of_its_own() -> None:
    assert answered(operating_system="plan9", environment="rio", applications=["none"]) == {}
    assert DESKTOP_FIELD in answered(desktop_applications=["no-such-application"])


def test_reasons_are_told_in_words() -> None:
    request = PrefillRequest(mode="generate", desktop_applications=["gimp"])
    assert [field.reason for field in prefill(request, builtin()).fields] == [
        "GIMP needs a desktop",
        "the desktop image of Debian with Xfce",
    ]
    request = PrefillRequest(mode="generate", operating_system="el", environment="kde")
    assert prefill(request, builtin()).fields[0].reason == "Enterprise Linux has no desktop image with KDE Plasma"


def test_an_application_that_the_hosts_machine_cannot_run_is_warned_of() -> None:
    request = PrefillRequest(
        mode="generate",
        operating_system="debian",
        environment="xfce",
        desktop_applications=["google-chrome", "brave", "gimp", "no-such-application"],
    )
    assert prefill(request, builtin(), architecture="x86_64").warnings == []
    assert prefill(request, builtin()).warnings == []
    assert prefill(request, builtin(), architecture="aarch64").warnings == [
        "Google Chrome is there for amd64 alone, and the build host is arm64"
    ]
