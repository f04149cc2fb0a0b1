"""The Services section by keys: only what is valid is offered, the prefill, Windows and its password."""

from __future__ import annotations

from textual.widgets import Button, Input, OptionList

from tests.app.form_client import FormClient
from tests.app.test_image_form import FormDriver, form
from trailer_tui.app.dialogs.pick import PickDialog
from trailer_tui.app.form.fields import (
    APPLICATIONS,
    BASE_IMAGE,
    DESKTOP_APPLICATIONS,
    DESKTOP_ENVIRONMENT,
    EDITION,
    KEYBOARD,
    LANGUAGE,
    SYSTEM,
    VIRTUAL_DESKTOP,
    WINDOWS_BASE_IMAGE,
    WINDOWS_PASSWORD,
    WINDOWS_USER,
    Field,
)
from trailer_tui.app.widgets.form.choice_strip import ChoiceStrip
from trailer_tui.app.widgets.form.form_field import FormField
from trailer_tui.app.widgets.form.image import ImageSection
from trailer_tui.catalog.catalogue import builtin
from trailer_tui.model.environment import Environment
from trailer_tui.model.errors import ServerUnavailable
from trailer_tui.model.image import GenerateConfiguration, ImageDraft, ImageRecord
from trailer_tui.model.prefill import Prefill, PrefillRequest
from trailer_tui.model.services import LinuxDesktop, Services, WindowsDesktop


def widget(user: FormDriver, field: Field) -> FormField:
    return next(found for found in user.form.query(FormField) if found.field is field)


def note(user: FormDriver, field: Field) -> str:
    line = widget(user, field).query_one(".form-field-note")
    return str(getattr(line, "content", "")) if line.display else ""


def control(user: FormDriver, field: Field) -> str:
    """What a control shows."""
    return str(widget(user, field).control_widget.render())


async def services(user: FormDriver) -> None:
    """To the section, once the catalogue is there."""
    await user.expect(lambda: user.form.state.catalogue is not None)
    await user.press("escape", "5")


async def pick(user: FormDriver, field: Field, *searches: str, several: bool = False) -> None:
    """Open a list and take the first line that each search finds."""
    widget(user, field).control_widget.focus()
    await user.press("enter")
    await user.until_dialog(PickDialog)
    for search in searches:
        await user.press("ctrl+u")
        await user.write(search)
        await user.press("enter")
    if several:
        await user.press("ctrl+o")
    await user.expect(lambda: user.app.screen is user.form)
    await user.pilot.pause()


async def test_a_desktop_is_chosen_by_keys_and_its_base_image_follows() -> None:
    client = FormClient()
    async with form(client) as user:
        await user.write("desk")
        await services(user)
        await user.press("space")
        await user.expect(lambda: user.form.state.is_prefilled(BASE_IMAGE))
        await pick(user, SYSTEM, "fedora")
        widget(user, DESKTOP_ENVIRONMENT).control_widget.focus()
        await user.press("right")
        await pick(user, KEYBOARD, "german switz")
        await pick(user, LANGUAGE, "de_CH")
        await pick(user, APPLICATIONS, "nginx", "ansible", several=True)
        await pick(user, DESKTOP_APPLICATIONS, "gimp", several=True)
        state = user.form.state
        image = builtin().desktop_image("fedora", state.desktop_environment)
        assert image is not None
        await user.expect(lambda: state.text(BASE_IMAGE) == image.reference)
        assert "prefilled: the desktop image of Fedora" in str(
            next(
                found.query_one(".form-field-note")
                for found in user.form.query_one(ImageSection).query(FormField)
                if found.field is BASE_IMAGE
            ).content  # type: ignore[attr-defined]
        )
        await user.press("ctrl+o")
        await user.expect(lambda: bool(user.app.answers))
        configuration = client.records[1].configuration
        assert isinstance(configuration, GenerateConfiguration)
        assert configuration.base_image == image.reference
        assert configuration.services == Services(
            desktop=LinuxDesktop(
                operating_system="fedora", environment=image.environment, keyboard="ch", language="de_CH"
            ),
            applications=["nginx", "ansible"],
            desktop_applications=["gimp"],
        )


async def test_only_valid_environments_are_offered() -> None:
    async with form() as user:
        await services(user)
        await user.press("space")
        for entry in builtin().desktop_systems():
            await pick(user, SYSTEM, entry.label)
            strip = user.form.query_one("#desktop-environment", ChoiceStrip)
            assert [key for key, _ in strip._options] == [image.environment for image in entry.environments]


async def test_what_a_system_cannot_have_is_listed_with_the_reason_and_cannot_be_ticked() -> None:
    catalogue = builtin()
    system, refused = next(
        (entry, offer)
        for entry in catalogue.desktop_systems()
        for offer in catalogue.offers("desktop", system=entry.id, on_desktop=True)
        if not offer.is_available
    )
    async with form() as user:
        await services(user)
        await user.press("space")
        await pick(user, SYSTEM, system.label)
        widget(user, DESKTOP_APPLICATIONS).control_widget.focus()
        await user.press("enter")
        await user.until_dialog(PickDialog)
        await user.write(refused.application.id)
        options = user.app.screen.query_one(OptionList).options
        line = next(option for option in options if refused.application.label in str(option.prompt))
        assert line.disabled
        assert refused.reason in str(line.prompt)
        await user.press("enter", "ctrl+o")
        await user.expect(lambda: user.app.screen is user.form)
        assert refused.application.id not in str(user.form.state.value(DESKTOP_APPLICATIONS))


async def test_a_desktop_application_forces_the_desktop_on_and_says_so() -> None:
    async with form() as user:
        await services(user)
        await pick(user, DESKTOP_APPLICATIONS, "gimp", several=True)
        assert "on, because GIMP needs it" in note(user, VIRTUAL_DESKTOP)
        assert "[x]" in control(user, VIRTUAL_DESKTOP)
        widget(user, VIRTUAL_DESKTOP).control_widget.focus()
        await user.press("space")
        assert "[x]" in control(user, VIRTUAL_DESKTOP)
        await pick(user, DESKTOP_APPLICATIONS, "gimp", several=True)
        assert "[ ]" in control(user, VIRTUAL_DESKTOP)


async def test_save_waits_for_the_prefill_and_says_why() -> None:
    client = FormClient()
    client.may_prefill.clear()
    async with form(client) as user:
        await user.write("desk")
        await services(user)
        await user.press("space")
        await user.expect(lambda: "waits for what the services imply" in user.shown("#form-status"))
        assert user.form.query_one("#form-save", Button).disabled
        await user.press("ctrl+o")
        assert client.records == {}
        client.may_prefill.set()
        await user.expect(lambda: not user.form.query_one("#form-save", Button).disabled)
        await user.press("ctrl+o")
        await user.expect(lambda: bool(user.app.answers))


async def test_what_was_edited_is_not_overwritten_by_an_answer_that_comes_later() -> None:
    client = FormClient()
    client.may_prefill.clear()
    async with form(client) as user:
        await services(user)
        await user.press("space")
        await user.press("escape", "3", "tab", "ctrl+u")
        await user.write("debian:12")
        client.may_prefill.set()
        await user.expect(lambda: not user.form.services.prefilling.is_waiting)
        assert user.form.state.text(BASE_IMAGE) == "debian:12"
        await user.press("escape", "5")
        assert "The base image is yours, debian:12" in user.shown("#services-note")
        await user.press("B")
        image = builtin().desktop_image("debian", "xfce")
        assert image is not None
        assert user.form.state.text(BASE_IMAGE) == image.reference
        await pick(user, SYSTEM, "ubuntu")
        await user.expect(lambda: "ubuntu" in user.form.state.text(BASE_IMAGE))


class _Answers(FormClient):
    """Answers questions about the system `alpine` only when told to, and all others at once."""

    async def prefill(self, request: PrefillRequest) -> Prefill:
        if request.operating_system != "alpine":
            self.may_prefill.set()
        else:
            self.may_prefill.clear()
        return await super().prefill(request)


async def test_a_late_answer_to_an_older_question_counts_for_nothing() -> None:
    client = _Answers()
    async with form(client) as user:
        await services(user)
        await user.press("space")
        await pick(user, SYSTEM, "alpine")
        assert user.form.services.prefilling.is_waiting
        await pick(user, SYSTEM, "ubuntu")
        await user.expect(lambda: not user.form.services.prefilling.is_waiting)
        image = builtin().desktop_image("ubuntu", "xfce")
        assert image is not None
        assert user.form.state.text(BASE_IMAGE) == image.reference


async def test_a_prefill_that_fails_is_said_and_can_be_asked_again_or_done_without() -> None:
    client = FormClient()
    async with form(client) as user:
        await user.write("desk")
        await services(user)
        client.is_away = True
        await user.press("space")
        await user.expect(lambda: "ctrl+l asks again" in user.shown("#services-note"))
        assert not user.form.query_one("#form-save", Button).disabled
        client.is_away = False
        await user.press("ctrl+l")
        await user.expect(lambda: user.form.state.is_prefilled(BASE_IMAGE))
        assert "asks again" not in user.shown("#services-note")


async def test_a_catalogue_that_cannot_be_read_is_said_and_read_again() -> None:
    client = FormClient()
    client.is_away = True
    async with form(client) as user:
        await user.press("escape", "5")
        await user.expect(lambda: "catalogue cannot be read" in user.shown("#services-note"))
        client.is_away = False
        await user.press("ctrl+l")
        await user.expect(lambda: user.form.state.catalogue is not None)


async def test_windows_hides_sections_and_brings_them_back() -> None:
    client = FormClient()
    configuration = GenerateConfiguration(image_name="one:latest", environments=[Environment(name="torch")])
    record = client.store(ImageDraft(name="one", host_id=1, configuration=configuration))
    async with form(client, record) as user:
        await services(user)
        await user.press("space")
        await pick(user, SYSTEM, "windows")
        await user.expect(lambda: user.form.state.text(WINDOWS_BASE_IMAGE) == builtin().windows.reference)
        assert not widget(user, APPLICATIONS).display
        await user.press("escape", "4")
        assert user.form.deck.open_section.SECTION_ID == "services"
        await pick(user, EDITION, "2022")
        widget(user, WINDOWS_USER).control_widget.focus()
        await user.press("ctrl+u")
        await user.write("ada")
        await user.press("enter", *"hunter2")
        assert "hunter2" not in "".join(
            segment.text for strip in user.app.screen._compositor.render_strips() for segment in strip
        )
        windows = user.form.state.draft()
        assert windows.windows_password == "hunter2"
        assert isinstance(windows.configuration, GenerateConfiguration)
        assert windows.configuration.services == Services(desktop=WindowsDesktop(edition="2022", username="ada"))
        assert windows.configuration.squash is False
        await pick(user, SYSTEM, "debian")
        await user.press("escape", "4")
        assert user.form.deck.open_section.SECTION_ID == "packages"
        back = user.form.state.draft()
        assert back.windows_password is None
        assert isinstance(back.configuration, GenerateConfiguration)
        assert back.configuration.environments == [Environment(name="torch")]
        assert back.configuration.squash is None
        await services(user)
        await pick(user, SYSTEM, "windows")
        assert user.form.state.draft() == windows


def _windows_record(client: FormClient) -> ImageRecord:
    configuration = GenerateConfiguration(
        image_name="win:latest",
        base_image=builtin().windows.reference,
        squash=False,
        services=Services(desktop=WindowsDesktop()),
    )
    record = client.store(ImageDraft(name="win", host_id=1, configuration=configuration))
    client.records[record.id] = record.model_copy(update={"windows_password_set": True})
    return client.records[record.id]


async def test_a_stored_password_is_told_as_set_and_kept_when_left_blank() -> None:
    client = FormClient()
    async with form(client, _windows_record(client)) as user:
        await services(user)
        assert "set; leave it blank to keep it" in note(user, WINDOWS_PASSWORD)
        box = widget(user, WINDOWS_PASSWORD).control_widget
        assert isinstance(box, Input)
        assert (box.value, box.password) == ("", True)
        await user.press("escape", "1", "end", *" 2")
        assert user.form.state.draft().windows_password is None


async def test_a_copy_says_that_it_has_no_password() -> None:
    client = FormClient()
    async with form(client, _windows_record(client), clone=True) as user:
        await services(user)
        assert "is not copied" in note(user, WINDOWS_PASSWORD)
        assert user.form.state.draft().windows_password is None


async def test_an_unchanged_base_image_of_a_record_follows_its_services() -> None:
    client = FormClient()
    catalogue = builtin()
    xfce, mate = catalogue.desktop_image("debian", "xfce"), catalogue.desktop_image("debian", "mate")
    assert xfce is not None
    assert mate is not None
    desktop = LinuxDesktop(operating_system="debian", environment="xfce")
    for base, expected in ((xfce.reference, mate.reference), ("registry.lan/own:1", "registry.lan/own:1")):
        configuration = GenerateConfiguration(
            image_name="one:latest", base_image=base, services=Services(desktop=desktop)
        )
        record = client.store(ImageDraft(name=base, host_id=1, configuration=configuration))
        async with form(client, record) as user:
            await services(user)
            await user.expect(lambda: bool(client.prefills))
            await user.pilot.pause()
            assert not user.form.state.is_dirty
            user.form.state.change(DESKTOP_ENVIRONMENT, "mate")
            user.form.services.ask()
            await user.expect(lambda: not user.form.services.prefilling.is_waiting)
            assert user.form.state.text(BASE_IMAGE) == expected
        client.prefills.clear()


async def test_without_services_nothing_is_asked() -> None:
    client = FormClient()
    async with form(client) as user:
        await user.write("one")
        await user.press("escape", "3", "right", "right", "left", "left")
        await user.expect(lambda: user.form.state.catalogue is not None)
        assert client.prefills == []


async def test_a_wrong_catalogue_of_the_server_is_told() -> None:
    client = FormClient()
    async with form(client) as user:
        await user.expect(lambda: user.form.state.catalogue is not None)
        user.form.state.take_catalogue(builtin().model_copy(update={"problems": ("own.yaml: is no YAML",)}))
        await user.press("escape", "5")
        assert "own.yaml: is no YAML" in user.shown("#services-note")


async def test_an_error_of_the_server_is_shown_literally() -> None:
    client = FormClient()

    async def broken() -> object:
        raise ServerUnavailable("[red]gone[/]")

    client.catalogue = broken  # type: ignore[method-assign,assignment]
    async with form(client) as user:
        await user.press("escape", "5")
        await user.expect(lambda: "[red]gone[/]" in user.shown("#services-note"))
