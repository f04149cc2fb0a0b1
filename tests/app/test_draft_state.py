"""The form without a terminal: what it holds, what it sends, what it finds wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.app.form_client import FormClient
from trailer_tui.app.form.copy_name import copy_name, free_name
from trailer_tui.app.form.differences import differences
from trailer_tui.app.form.draft_state import DraftState
from trailer_tui.app.form.fields import (
    BASE_IMAGE,
    DESCRIPTION,
    DOCKERFILE,
    FIELDS,
    HOST,
    IMAGE_NAME,
    MODE,
    NAME,
    PULL_BASE,
    PULLED_IMAGE,
    PUSH,
    SQUASH,
)
from trailer_tui.app.form.places import field_at
from trailer_tui.app.form.submission import Conflicting, Failed, Gone, Refused, Saved, submit
from trailer_tui.model.errors import FieldProblem
from trailer_tui.model.image import (
    MAX_NAME_LENGTH,
    GenerateConfiguration,
    ImageDraft,
    ImageRecord,
    PullConfiguration,
    WriteConfiguration,
)


def filled(name: str = "Torch (dev)") -> DraftState:
    state = DraftState()
    state.prefill(HOST, 1)
    state.change(NAME, name)
    return state


def stored(client: FormClient, name: str = "torch-dev", dockerfile: str = "FROM debian\n") -> ImageRecord:
    configuration = WriteConfiguration(image_name="torch-dev:latest", dockerfile=dockerfile)
    return client.store(ImageDraft(name=name, description="Torch", host_id=1, configuration=configuration))


def resave(client: FormClient, record: ImageRecord, **changes: object) -> ImageRecord:
    return client.store(record.draft().model_copy(update=changes), record.id)


def test_new_form_is_clean_and_generates_from_the_default_base() -> None:
    state = DraftState()
    assert not state.is_dirty
    assert state.shown_problems() == {}
    assert set(state.problems()) == {"name", "host_id"}
    assert state.text(BASE_IMAGE) == "ubuntu:24.04"


def test_draft_holds_only_the_fields_of_its_mode() -> None:
    state = filled()
    assert state.draft().configuration == GenerateConfiguration(image_name="torch-dev:latest")
    state.change(MODE, "pull")
    state.change(PULLED_IMAGE, "  nginx:1.27 ")
    assert state.draft().configuration == PullConfiguration(image="nginx:1.27")


def test_switching_modes_loses_nothing() -> None:
    state = filled()
    state.change(BASE_IMAGE, "debian:12")
    state.change(SQUASH, value=True)
    state.change(MODE, "write")
    state.change(DOCKERFILE, "FROM alpine\n")
    state.change(MODE, "pull")
    state.change(PULLED_IMAGE, "nginx")
    state.change(MODE, "generate")
    assert state.draft().configuration == GenerateConfiguration(
        base_image="debian:12", image_name="torch-dev:latest", squash=True
    )
    state.change(MODE, "write")
    assert state.text(DOCKERFILE) == "FROM alpine\n"


def test_image_name_follows_the_name_until_it_is_edited() -> None:
    state = filled("One")
    assert state.text(IMAGE_NAME) == "one:latest"
    state.change(IMAGE_NAME, "registry.lan/one:1")
    state.change(NAME, "Two")
    assert state.text(IMAGE_NAME) == "registry.lan/one:1"
    assert not state.image_name_is_automatic
    state.make_image_name_automatic()
    assert state.text(IMAGE_NAME) == "two:latest"


def test_edited_record_keeps_an_image_name_of_its_own() -> None:
    client = FormClient()
    own = WriteConfiguration(image_name="registry.lan/ml/torch:2", dockerfile="FROM debian\n")
    record = client.store(ImageDraft(name="torch", host_id=1, configuration=own))
    state = DraftState(record)
    state.change(NAME, "renamed")
    assert state.text(IMAGE_NAME) == "registry.lan/ml/torch:2"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (NAME, "x" * (MAX_NAME_LENGTH + 1), "characters"),
        (NAME, "a\x1b[2Jb", "U+001B"),
        (NAME, "   ", "is empty"),
        (DESCRIPTION, "x\x00", "U+0000"),
        (BASE_IMAGE, "Ubuntu:24.04", "write ubuntu"),
        (BASE_IMAGE, "", "is empty"),
        (IMAGE_NAME, "torch:la test", "space"),
        (IMAGE_NAME, "torch@sha256:" + "0" * 64, "digest"),
    ],
)
def test_problem_appears_at_its_field_as_soon_as_it_is_typed(field: object, value: str, words: str) -> None:
    state = filled()
    assert field in FIELDS
    state.change(field, value)
    problem = state.shown_problems()[field.path]
    assert words in f"{problem.problem}: {problem.remedy}"


def test_fields_of_another_mode_are_not_checked() -> None:
    state = filled()
    state.change(BASE_IMAGE, "NOT A REFERENCE")
    state.change(MODE, "write")
    assert state.problems() == {}


def test_untouched_problems_show_after_an_attempt_to_save() -> None:
    state = DraftState()
    state.all_shown = True
    assert list(state.shown_problems()) == ["name", "host_id"]


def test_problem_of_the_server_stays_until_its_field_changes() -> None:
    state = filled()
    strangers = state.add_server_problems(
        [
            FieldProblem("configuration.generate.base_image", "x", "is not allowed here"),
            FieldProblem("quota", "", "is used up"),
        ]
    )
    assert [problem.field for problem in strangers] == ["quota"]
    assert state.shown_problems()["configuration.base_image"].problem == "is not allowed here"
    state.change(BASE_IMAGE, "debian:13")
    assert state.problems() == {}


def test_default_that_arrives_late_is_no_change() -> None:
    state = DraftState()
    state.prefill(HOST, 7)
    assert not state.is_dirty
    assert state.host_id == 7


def test_undone_change_is_no_change() -> None:
    state = filled()
    state.change(NAME, "")
    assert not state.is_dirty
    assert state.changed_fields() == []


@pytest.mark.parametrize(
    ("name", "proposed"),
    [("torch", "torch copy"), ("torch copy", "torch copy 2"), ("torch copy 9", "torch copy 10"), ("copy", "copy copy")],
)
def test_copy_name(name: str, proposed: str) -> None:
    assert copy_name(name) == proposed


@given(st.text(min_size=1, max_size=MAX_NAME_LENGTH))
def test_copy_name_is_new_and_never_too_long(name: str) -> None:
    proposed = copy_name(name)
    assert proposed != name
    assert len(proposed) <= MAX_NAME_LENGTH


async def test_clone_is_a_new_image_under_a_free_name() -> None:
    client = FormClient()
    record = stored(client)
    resave(client, client.store(record.draft()), name="torch-dev copy")
    state = DraftState(record, clone=True)
    assert state.record is None
    assert not state.is_dirty
    assert state.text(IMAGE_NAME) == "torch-dev-copy:latest"
    assert await free_name(client.as_client(), copy_name(record.name), templates=False) == "torch-dev copy 2"


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("name", NAME),
        ("body.name", NAME),
        ("configuration.base_image", BASE_IMAGE),
        ("configuration.generate.base_image", BASE_IMAGE),
        ("body.configuration.write.image_name", IMAGE_NAME),
        ("base_image", BASE_IMAGE),
        ("revision", None),
    ],
)
def test_field_of_a_path(path: str, field: object) -> None:
    assert field_at(path) is field


async def test_submit_creates_and_builds() -> None:
    client = FormClient()
    outcome = await submit(client.as_client(), filled(), build=True)
    assert isinstance(outcome, Saved)
    assert client.built == [outcome.record.id]
    assert outcome.record.name == "Torch (dev)"


async def test_second_writer_is_told_and_edits_on_top_of_the_first() -> None:
    client = FormClient()
    record = stored(client)
    state = DraftState(record)
    state.change(DOCKERFILE, "FROM debian\nRUN true\n")
    resave(client, record, description="Torch 2")
    outcome = await submit(client.as_client(), state, build=False)
    assert isinstance(outcome, Conflicting)
    found = {difference.field: difference for difference in differences(state, outcome.stored)}
    assert set(found) == {DESCRIPTION, DOCKERFILE}
    assert found[DOCKERFILE].mine_is_kept
    assert "+RUN true" in found[DOCKERFILE].lines()
    assert not found[DESCRIPTION].mine_is_kept
    state.rebase(outcome.stored)
    again = await submit(client.as_client(), state, build=False)
    assert isinstance(again, Saved)
    assert again.record.description == "Torch 2"
    assert again.record.configuration == WriteConfiguration(
        image_name="torch-dev:latest", dockerfile="FROM debian\nRUN true\n"
    )


def test_my_value_wins_where_both_changed_the_same_field() -> None:
    client = FormClient()
    record = stored(client)
    state = DraftState(record)
    state.change(NAME, "mine")
    state.rebase(resave(client, record, name="theirs"))
    assert state.text(NAME) == "mine"
    assert state.text(IMAGE_NAME) == "mine:latest"
    assert state.is_dirty


def test_image_name_that_they_edited_stays_theirs() -> None:
    client = FormClient()
    record = stored(client)
    state = DraftState(record)
    state.change(NAME, "mine")
    theirs = WriteConfiguration(image_name="registry.lan/torch:1", dockerfile="FROM debian\n")
    state.rebase(resave(client, record, configuration=theirs))
    assert state.text(NAME) == "mine"
    assert state.text(IMAGE_NAME) == "registry.lan/torch:1"
    assert not state.image_name_is_automatic


def test_my_edit_of_the_dockerfile_keeps_its_mode() -> None:
    client = FormClient()
    record = stored(client)
    state = DraftState(record)
    state.change(DOCKERFILE, "FROM debian:13\n")
    state.rebase(resave(client, record, configuration=PullConfiguration(image="nginx")))
    assert state.draft().configuration == WriteConfiguration(
        image_name="torch-dev:latest", dockerfile="FROM debian:13\n"
    )


def test_taking_theirs_drops_my_changes() -> None:
    client = FormClient()
    record = stored(client)
    state = DraftState(record)
    state.change(PUSH, value=True)
    state.change(PULL_BASE, value=True)
    theirs = resave(client, record, description="theirs")
    state.reload(theirs)
    assert not state.is_dirty
    assert state.draft() == theirs.draft()


async def test_deleted_record_becomes_a_new_one() -> None:
    client = FormClient()
    record = stored(client)
    state = DraftState(record)
    state.change(DESCRIPTION, "still here")
    del client.records[record.id]
    assert isinstance(await submit(client.as_client(), state, build=False), Gone)
    state.detach()
    outcome = await submit(client.as_client(), state, build=True)
    assert isinstance(outcome, Saved)
    assert outcome.record.description == "still here"


async def test_taken_name_is_a_problem_of_the_name() -> None:
    client = FormClient()
    stored(client)
    state = filled("TORCH-dev")
    assert isinstance(await submit(client.as_client(), state, build=True), Refused)
    assert list(state.shown_problems()) == ["name"]


async def test_server_away_is_an_error_and_changes_nothing() -> None:
    client = FormClient()
    client.is_away = True
    state = filled()
    outcome = await submit(client.as_client(), state, build=True)
    assert isinstance(outcome, Failed)
    assert state.text(NAME) == "Torch (dev)"


_VALUES = {
    NAME: st.sampled_from(["a", "b"]),
    DESCRIPTION: st.sampled_from(["", "x", "y"]),
    PUSH: st.booleans(),
    DOCKERFILE: st.sampled_from(["FROM a\n", "FROM b\n"]),
    IMAGE_NAME: st.sampled_from(["a:latest", "b:latest", "own:1"]),
}


@given(mine=st.fixed_dictionaries({}, optional=_VALUES), theirs=st.fixed_dictionaries({}, optional=_VALUES))
def test_rebase_keeps_every_change_of_mine_and_every_other_of_theirs(
    mine: dict[object, object], theirs: dict[object, object]
) -> None:
    client = FormClient()
    record = stored(client, name="start")
    my_state, their_state = DraftState(record), DraftState(record)
    for field in FIELDS:
        if field in mine:
            my_state.change(field, mine[field])  # type: ignore[arg-type]
        if field in theirs:
            their_state.change(field, theirs[field])  # type: ignore[arg-type]
    changed = set(my_state.changed_fields())
    typed = {field: my_state.value(field) for field in changed}
    new = client.store(their_state.draft(), record.id)
    my_state.rebase(new)
    for field in FIELDS:
        if field in changed:
            assert my_state.value(field) == typed[field]
        elif field is not IMAGE_NAME:
            assert my_state.value(field) == their_state.value(field)
