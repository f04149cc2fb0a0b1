"""Which action applies in which state: the table of the images page, cell by cell."""

from __future__ import annotations

import pytest

from trailer_tui.model.actions import ImageAction, refusal
from trailer_tui.model.status import ImageStatus

APPLIES = {
    ImageStatus.BUILD_PENDING: {ImageAction.CANCEL},
    ImageStatus.BUILDING: {ImageAction.CANCEL},
    ImageStatus.BUILD_FINISHED: {ImageAction.BUILD, ImageAction.DELETE},
    ImageStatus.BUILD_CANCELLED: {ImageAction.BUILD, ImageAction.DELETE},
    ImageStatus.ERROR: {ImageAction.BUILD, ImageAction.DELETE},
    ImageStatus.SNAPSHOTTING: set(),
}


@pytest.mark.parametrize("status", ImageStatus)
@pytest.mark.parametrize("action", [ImageAction.BUILD, ImageAction.CANCEL, ImageAction.DELETE])
def test_an_action_applies_by_status(status: ImageStatus, action: ImageAction) -> None:
    reason = refusal(action, status, enabled=True)
    assert (reason is None) == (action in APPLIES[status])


@pytest.mark.parametrize("status", ImageStatus)
def test_enable_and_disable_apply_by_the_flag_alone(status: ImageStatus) -> None:
    assert refusal(ImageAction.ENABLE, status, enabled=False) is None
    assert refusal(ImageAction.DISABLE, status, enabled=True) is None
    assert refusal(ImageAction.ENABLE, status, enabled=True) == "already enabled"
    assert refusal(ImageAction.DISABLE, status, enabled=False) == "already disabled"


def test_a_push_needs_an_image_that_the_last_build_left() -> None:
    resting = {ImageStatus.BUILD_FINISHED, ImageStatus.BUILD_CANCELLED, ImageStatus.ERROR}
    for status in ImageStatus:
        assert (refusal(ImageAction.PUSH, status, enabled=True, pushable=True) is None) == (status in resting)
        assert refusal(ImageAction.PUSH, status, enabled=True) is not None


def test_every_status_has_its_own_word_and_symbol() -> None:
    assert len({status.label for status in ImageStatus}) == len(ImageStatus) == 6
    assert len({status.symbol for status in ImageStatus}) == len(ImageStatus)


def test_only_images_with_environments_are_resolved_again() -> None:
    for status in ImageStatus:
        resolves = refusal(ImageAction.RESOLVE_AGAIN, status, enabled=True, has_environments=True)
        assert resolves == refusal(ImageAction.BUILD, status, enabled=True)
    assert "no environments" in (refusal(ImageAction.RESOLVE_AGAIN, ImageStatus.ERROR, enabled=True) or "")
