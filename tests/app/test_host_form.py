"""The host form: what is typed, what is wrong with it, what the host answers."""

from __future__ import annotations

from typing import Any

from tests.app.driving import Driven, running_app
from tests.app.server_stand_in import ServerStandIn, image_row, local_host
from trailer_tui.app.form.host_state import ADDRESS, HOST_NAME, LABELS, PARALLEL, TLS_CA, TLS_KEY, HostState
from trailer_tui.app.screens.host_form import HostForm
from trailer_tui.app.screens.hosts import HostsScreen
from trailer_tui.model.errors import FieldProblem, InvalidInput
from trailer_tui.model.events import HostChanged, HostDeleted
from trailer_tui.model.host import BuilderChoice, HostDraft, TlsFiles
from trailer_tui.model.status import HostState as State


def server_with_one() -> ServerStandIn:
    return ServerStandIn([image_row(1)])


async def open_form(driven: Driven, key: str = "n") -> HostForm:
    await driven.press("5")
    await driven.expect_shown("build-01")
    await driven.press(key)
    await driven.expect(lambda: isinstance(driven.app.screen, HostForm))
    form = driven.app.screen
    assert isinstance(form, HostForm)
    return form


def problem(state: HostState, path: str) -> str:
    found = state.problems().get(path)
    return f"{found.problem}: {found.remedy}" if found is not None else ""


def drafted(server: ServerStandIn, call: str) -> HostDraft:
    found = [arguments for name, arguments in server.calls if name == call]
    assert len(found) == 1
    draft = found[0]
    assert isinstance(draft, HostDraft)
    return draft


async def test_what_is_wrong_stands_under_the_field_while_typing() -> None:
    async with running_app(server_with_one(), (80, 24)) as driven:
        await open_form(driven)
        await driven.type("bad name")
        await driven.expect_shown("! is no host name: letters, digits")
        await driven.press("tab")
        await driven.type("http://x")
        await driven.expect_shown("! is no Docker host address")
        await driven.expect_shown("! 2 problems")
        await driven.press("ctrl+o")
        form = driven.app.screen
        assert isinstance(form, HostForm)
        await driven.expect(lambda: form.fields.focused_field() is HOST_NAME)
        await driven.press("ctrl+t")
        await driven.expect(lambda: form.fields.focused_field() is ADDRESS)


async def test_a_host_that_does_not_answer_is_stored_and_its_error_shown() -> None:
    server = server_with_one()
    async with running_app(server, (80, 24)) as driven:
        await open_form(driven)
        await driven.type("far")
        await driven.press("tab")
        await driven.type("ssh://ada@far")
        await driven.press("ctrl+o")
        await driven.expect_shown("✖ far is stored, but does not answer: connection refused")
        assert "→ start the engine there" in driven.text
        assert "ssh://ada@far" in driven.text
        form = driven.app.screen
        assert isinstance(form, HostForm)
        form.set_focus(form.fields.control_of(ADDRESS))
        await driven.press("ctrl+u")
        await driven.type("unix:///run/far.sock")
        await driven.press("ctrl+o")
        await driven.expect(lambda: isinstance(driven.app.screen, HostsScreen))
        assert drafted(server, "create_host").address == "ssh://ada@far"
        assert drafted(server, "update_host").address == "unix:///run/far.sock"


async def test_tls_files_are_asked_for_tcp_alone() -> None:
    async with running_app(server_with_one(), (80, 24)) as driven:
        form = await open_form(driven)
        assert "Client key" not in driven.text
        form.state.change(HOST_NAME, "tls")
        form.state.change(ADDRESS, "tcp://far:2376")
        form.show_state()
        await driven.expect_shown("Client key")
        await driven.expect_shown("without TLS files anybody")
        form.state.change(TLS_CA, "/tls/ca.pem")
        assert "TLS needs all three files" in problem(form.state, TLS_KEY.path)


async def test_leaving_asks_only_when_something_would_be_lost() -> None:
    async with running_app(server_with_one(), (80, 24)) as driven:
        await open_form(driven)
        await driven.type("x")
        await driven.press("escape")
        await driven.expect_shown("Leave without saving?")
        await driven.press("y")
        await driven.expect(lambda: isinstance(driven.app.screen, HostsScreen))
        await open_form(driven)
        await driven.press("escape")
        await driven.expect(lambda: isinstance(driven.app.screen, HostsScreen))


async def test_what_the_server_refuses_stands_at_its_field() -> None:
    server = server_with_one()
    async with running_app(server, (80, 24)) as driven:
        await open_form(driven)
        await driven.type("build-01")
        await driven.press("tab")
        await driven.type("unix:///x")
        taken = FieldProblem("name", "build-01", "is taken by another host", "choose another name")
        server.failure = InvalidInput("the name is taken", fields=(taken,))
        await driven.press("ctrl+o")
        await driven.expect_shown("! is taken by another host: choose another name")


async def test_a_change_elsewhere_is_said() -> None:
    server = server_with_one()
    async with running_app(server, (80, 24)) as driven:
        await open_form(driven, "E")
        server.emit(HostChanged(host=local_host(running=1)))
        server.emit(HostChanged(host=local_host(parallel_builds=7)))
        await driven.expect_shown("build-01 was changed elsewhere meanwhile")
        server.emit(HostDeleted(id=1))
        await driven.expect_shown("was deleted meanwhile: saving adds it again")
        await driven.expect_shown("New host")


async def edit_meanwhile(driven: Driven, server: ServerStandIn, **change: Any) -> HostForm:
    """A form with five parallel builds typed, of a host that somebody else changes at the same time."""
    form = await open_form(driven, "E")
    form.state.change(PARALLEL, "5")
    form.show_state()
    server.hosts_known = [local_host(revision=2, **change)]
    await driven.press("ctrl+o")
    return form


async def test_two_who_edit_one_host_lose_nothing() -> None:
    server = server_with_one()
    async with running_app(server, (80, 24)) as driven:
        form = await edit_meanwhile(driven, server, pull_minutes=7)
        await driven.expect_shown("build-01 was changed by somebody else meanwhile")
        await driven.expect_shown("Pull timeout")
        assert server.hosts_known[0].parallel_builds != 5
        await driven.press("e")
        await driven.expect(lambda: driven.app.screen is form and not form._is_saving)
        await driven.press("ctrl+o")
        await driven.expect(lambda: isinstance(driven.app.screen, HostsScreen))
        stored = server.hosts_known[0]
        assert (stored.parallel_builds, stored.pull_minutes) == (5, 7)


async def test_a_host_that_was_disabled_meanwhile_stays_so_without_a_question() -> None:
    server = server_with_one()
    async with running_app(server, (80, 24)) as driven:
        await edit_meanwhile(driven, server, enabled=False)
        await driven.expect(lambda: isinstance(driven.app.screen, HostsScreen))
        stored = server.hosts_known[0]
        assert (stored.parallel_builds, stored.enabled) == (5, False)


def test_the_state_gives_back_what_it_was_made_of() -> None:
    host = local_host(
        address="tcp://far:2376",
        tls=TlsFiles(ca="/ca", certificate="/cert", key="/key"),
        builder=BuilderChoice.CLASSIC,
        labels=["gpu", "fast disk"],
        registry_mirror="registry.lan/hub",
        enabled=False,
        state=State.DISABLED,
    )
    state = HostState(host)
    assert state.draft() == host.draft()
    assert not state.is_dirty
    assert state.text(LABELS) == "gpu, fast disk"
    state.change(ADDRESS, "ssh://far")
    assert state.draft().tls is None


def test_numbers_say_their_bounds() -> None:
    state = HostState(local_host())
    for typed in ("0", "65", "two", "", "-1", "1.5"):
        state.change(PARALLEL, typed)
        assert problem(state, PARALLEL.path).startswith("is no whole number from 1 to 64"), typed
    state.change(PARALLEL, " 12 ")
    assert state.draft().parallel_builds == 12
