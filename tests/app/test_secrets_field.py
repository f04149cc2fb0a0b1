"""Build secrets and the ssh agent in the image form."""

from __future__ import annotations

from textual.widgets import Input

from tests.app.form_client import START, FormClient, online_host
from tests.app.test_image_form import FormDriver, form
from trailer_tui.app.dialogs.secret import SecretDialog
from trailer_tui.app.form.fields import DOCKERFILE, MODE, NAME, SECRETS, SSH_AGENT, Mode
from trailer_tui.app.widgets.dockerfile_editor import DockerfileEditor
from trailer_tui.model.image import GenerateConfiguration
from trailer_tui.model.secret import SecretInfo


def with_secrets(*names: str, mounts: bool = True) -> FormClient:
    host = online_host()
    assert host.capabilities is not None
    host.capabilities.secrets = mounts
    client = FormClient([host])
    for name in names:
        info = SecretInfo(name=name, owner="ada", size=12, created_at=START, updated_at=START)
        client.stored_secrets[name] = info
    return client


async def at_secrets(user: FormDriver) -> None:
    user.form.state.change(NAME, "torch")
    user.form.deck.jump_to(SECRETS)
    await user.expect(lambda: user.focused_field is SECRETS)


async def test_stored_names_are_offered_and_stored_with_the_image() -> None:
    client = with_secrets("GIT_TOKEN", "PIP_INDEX")
    async with form(client) as user:
        await at_secrets(user)
        await user.expect(lambda: "2 stored" in user.lines())
        await user.press("down")
        await user.press("down", "enter")
        await user.expect(lambda: user.form.state.text(SECRETS) == "PIP_INDEX")
        await user.write(", git")
        await user.press("right")
        await user.expect(lambda: user.form.state.text(SECRETS) == "PIP_INDEX, GIT_TOKEN")
        await user.press("ctrl+o")
        await user.expect(lambda: bool(client.records))
        record = next(iter(client.records.values()))
        assert isinstance(record.configuration, GenerateConfiguration)
        assert record.configuration.secrets == ["PIP_INDEX", "GIT_TOKEN"]


async def test_a_missing_secret_is_stored_without_a_trace_in_the_form() -> None:
    client = with_secrets()
    async with form(client) as user:
        await at_secrets(user)
        await user.write("TOKEN")
        await user.expect(lambda: "not stored yet: TOKEN" in user.lines())
        await user.press("ctrl+y")
        await user.until_dialog(SecretDialog)
        assert user.app.screen.query_one("#secret-name", Input).value == "TOKEN"
        await user.write("hunter2")
        assert "hunter2" not in user.lines()
        assert user.app.screen.query_one("#secret-value", Input).password
        await user.press("enter")
        await user.expect(lambda: user.app.screen is user.form)
        assert client.secret_values == {"TOKEN": b"hunter2"}
        assert user.form.state.text(SECRETS) == "TOKEN"
        assert "hunter2" not in str(user.form.state.document())
        await user.expect(lambda: "--mount=type=secret,id=TOKEN" in user.lines())


async def test_a_server_that_is_away_keeps_the_dialog_open() -> None:
    client = with_secrets()
    async with form(client) as user:
        await at_secrets(user)
        await user.press("ctrl+y")
        await user.until_dialog(SecretDialog)
        client.is_away = True
        await user.write("TOKEN")
        await user.press("enter")
        await user.write("value")
        await user.press("enter")
        await user.expect(lambda: "connection refused" in user.lines())
        assert isinstance(user.app.screen, SecretDialog)
        assert user.app.screen.query_one("#secret-value", Input).value == "value"


async def test_a_name_that_cannot_be_is_refused_under_the_field() -> None:
    async with form(with_secrets()) as user:
        await at_secrets(user)
        await user.write("a b")
        await user.expect(lambda: "no name of a secret" in user.problem(SECRETS))


async def test_a_host_that_cannot_mount_them_says_so() -> None:
    async with form(with_secrets("TOKEN", mounts=False), size=(120, 40)) as user:
        await at_secrets(user)
        await user.write("TOKEN")
        await user.expect(lambda: "build-01 uses the classic builder, which cannot mount them" in user.lines())
        user.form.state.change(SSH_AGENT, value=True)
        user.form.state.change(SECRETS, "")
        user.form.show_state()
        await user.expect(lambda: "build-01 uses the classic builder, which cannot mount them" in user.lines())


async def test_what_was_stored_comes_back_as_typed() -> None:
    client = with_secrets("A", "B")
    async with form(client) as user:
        await at_secrets(user)
        await user.write("A,B")
        await user.press("ctrl+o")
        await user.expect(lambda: bool(client.records))
    record = next(iter(client.records.values()))
    async with form(client, record) as user:
        assert user.form.state.text(SECRETS) == "A, B"
        assert not user.form.state.is_dirty


async def test_the_editor_knows_which_secrets_the_steps_get() -> None:
    async with form(with_secrets("TOKEN")) as user:
        user.form.state.change(MODE, Mode.WRITE.value)
        user.form.state.change(
            DOCKERFILE, "FROM debian\nRUN --mount=type=secret,id=TOKEN,required=true cat /run/secrets/TOKEN\n"
        )
        user.form.show_state()
        editor = user.form.query_one(DockerfileEditor)
        await user.expect(lambda: any("TOKEN" in problem.message for problem in editor.problems))
        user.form.state.change(SECRETS, "TOKEN")
        user.form.show_state()
        await user.expect(lambda: not editor.problems)
