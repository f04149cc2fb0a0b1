"""The sections of the form, in the order of their tabs."""

from __future__ import annotations

from trailer_tui.app.form.fields import Field
from trailer_tui.app.widgets.form.build_host import BuildHostSection
from trailer_tui.app.widgets.form.files import FilesSection
from trailer_tui.app.widgets.form.general import GeneralSection
from trailer_tui.app.widgets.form.image import ImageSection
from trailer_tui.app.widgets.form.packages import PackagesSection
from trailer_tui.app.widgets.form.review import ReviewSection
from trailer_tui.app.widgets.form.section import FormSection
from trailer_tui.app.widgets.form.services import ServicesSection
from trailer_tui.app.widgets.form.startup import StartupSection
from trailer_tui.app.widgets.form.user import UserSection

SECTIONS: tuple[type[FormSection], ...] = (
    GeneralSection,
    BuildHostSection,
    ImageSection,
    PackagesSection,
    ServicesSection,
    UserSection,
    StartupSection,
    FilesSection,
    ReviewSection,
)


def section_of(field: Field) -> type[FormSection] | None:
    """The section that edits the field; None for one that no section does."""
    return next((section for section in SECTIONS if field in section.FIELDS), None)
