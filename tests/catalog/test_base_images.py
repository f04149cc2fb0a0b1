"""The base image suggestions are usable as they stand."""

from __future__ import annotations

from trailer_tui.catalog.base_images import base_images
from trailer_tui.model.image import DEFAULT_BASE_IMAGE
from trailer_tui.model.reference import ImageReference


def test_the_default_comes_first() -> None:
    assert base_images()[0].reference == DEFAULT_BASE_IMAGE


def test_every_suggestion_is_a_tagged_reference_given_once() -> None:
    references = [ImageReference.parse(image.reference) for image in base_images()]
    assert all(reference.tag for reference in references)
    assert len(set(references)) == len(references)
    assert all(image.label and image.family for image in base_images())
