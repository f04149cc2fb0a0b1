"""The disk of an engine: how full it is, with what, and making room."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.contract.subject import Subject
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.model.errors import EngineError

Note = Callable[[str], None]


@pytest.mark.promise("Room on the disk")
def test_free_space(host: Subject) -> None:
    space = host.engine.free_space()
    assert 0 < space.free <= space.total


@pytest.mark.promise("What fills the disk")
def test_disk_usage(host: Subject, word: str, remark: Note) -> None:
    name = f"contract/{word}:1"
    image = host.small_image(word)
    host.engine.tag(image, name)
    usage = host.engine.disk_usage(CancelToken())
    found = next(stored for stored in usage.images if stored.docker_image_id == image)
    if host.is_podman:
        remark("Of an image's names only the tags are told.")
        assert found.references == ("1",)
    else:
        assert found.references == (name,)
    assert found.size > 0
    assert usage.layers_size > 0
    host.engine.remove_image(name)


@pytest.mark.promise("Images without a name are removed")
def test_nameless_images_go(host: Subject, word: str) -> None:
    image = host.small_image(word)
    assert host.engine.facts(image) is not None
    assert host.engine.remove_images([image, "sha256:" + "0" * 64], CancelToken()) == {}
    assert host.engine.facts(image) is None


@pytest.mark.promise("The build cache is emptied")
def test_the_build_cache_goes(host: Subject, word: str, differs: Note) -> None:
    host.build(f"RUN echo {word}\n")
    if host.is_podman:
        differs("The engine has none; each step leaves an image without a name.")
        with pytest.raises(EngineError, match="no build cache"):
            host.engine.prune_build_cache(CancelToken())
        return
    assert host.engine.prune_build_cache(CancelToken()) >= 0
    assert host.engine.disk_usage(CancelToken()).build_cache_free == 0
