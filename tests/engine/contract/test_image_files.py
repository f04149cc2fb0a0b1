"""Files of an image are read without running anything of it."""

from __future__ import annotations

import pytest

from tests.engine.contract.subject import Subject
from trailer_tui.dockerfile.context import text_entry
from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.interface import ReadLimits
from trailer_tui.engine.leftovers import READING_LABEL
from trailer_tui.engine.wire import HostAddress
from trailer_tui.model.errors import EngineError

LIMITS = ReadLimits(file=150_000, total=400_000)


@pytest.mark.promise("Files of an image are read without running it")
def test_files_are_read(subject: Subject, word: str) -> None:
    entries = (text_entry("one", word), text_entry("two", "é\n" * 40_000), text_entry("three", "3"))
    copies = "COPY one /opt/meta/one\nCOPY two /opt/meta/deep/two\nCOPY three /opt/metatwo/three\n"
    image = subject.build(copies + 'VOLUME /data\nENTRYPOINT ["/nothing"]\n', None, *entries)
    engine, token = subject.engine, CancelToken()
    folders = ["/opt/meta", "/opt/none", "/opt/metatwo", "/opt/meta/one"]
    files = dict(engine.read_files(image, folders, token, LIMITS))
    assert files == {
        "/opt/meta/one": word.encode(),
        "/opt/meta/deep/two": "é\n".encode() * 40_000,
        "/opt/metatwo/three": b"3",
    }
    with pytest.raises(EngineError, match="larger"):
        list(engine.read_files(image, folders, token, ReadLimits(file=50_000, total=400_000)))
    with pytest.raises(EngineError, match="larger"):
        list(engine.read_files(image, folders, token, ReadLimits(file=200_000, total=100_000)))
    reading = engine.read_files(image, folders, token, LIMITS)
    next(reading)
    token.cancel()
    with pytest.raises(Cancelled):
        list(reading)
    assert left_behind(subject) == []


@pytest.mark.promise("Files of an image are read without running it")
def test_links_and_folders_are_no_files(host: Subject, word: str) -> None:
    made = f"RUN mkdir -p /opt/{word}/empty && ln -s /etc/passwd /opt/{word}/link && ln -s /etc /opt/{word}/etc\n"
    image = host.build(made)
    assert list(host.engine.read_files(image, [f"/opt/{word}"], CancelToken(), LIMITS)) == []
    with pytest.raises(EngineError):
        list(host.engine.read_files("sha256:" + "0" * 64, ["/opt"], CancelToken(), LIMITS))
    assert left_behind(host) == []


def left_behind(subject: Subject) -> list[object]:
    """Containers that reading made and that are still there."""
    if not subject.address:
        return []
    client = EngineClient(HostAddress.parse(subject.address), api_version="1.41", timeout=60)
    try:
        found: list[object] = client.containers(all=True, filters={"label": READING_LABEL})
    finally:
        client.close()
        client.line.close()
    return found
