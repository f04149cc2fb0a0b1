"""The sections of the form, in the order of their tabs."""

from __future__ import annotations

from trailer_tui.app.form.fields import Field
from trailer_tui.app.widgets.form.build_host import BuildHostSection
from trailer_tui.app.widgets.form.general import GeneralSection
from trailer_tui.app.widgets.form.image import ImageSection
from trailer_tui.app.widgets.form.review import ReviewSection
from trailer_tui.app.widgets.form.section import FormSection

SECTIONS: tuple[type[FormSection], ...] = (GeneralSection, BuildHostSection, ImageSection, ReviewSection)


def section_of(field: Field) -> type[FormSection]:
    """The section that edits the field."""
    return next(section for section in SECTIONS if field in section.FIELDS)
