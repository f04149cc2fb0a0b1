"""The keys that go from section to section of the image form."""

from __future__ import annotations

from textual.dom import DOMNode

from trailer_tui.app.widgets.form.section_deck import SectionDeck


class SectionKeys(DOMNode):
    """What a screen with a `SectionDeck` does on them."""

    @property
    def deck(self) -> SectionDeck:
        """The sections."""
        return self.query_one(SectionDeck)

    def action_next_section(self) -> None:
        """To the next section, after the last to the first."""
        self.deck.step(1)

    def action_previous_section(self) -> None:
        """To the section before."""
        self.deck.step(-1)

    def action_show_general(self) -> None:
        """To General."""
        self.deck.enter("general")

    def action_show_build_host(self) -> None:
        """To Build host."""
        self.deck.enter("build_host")

    def action_show_image(self) -> None:
        """To Image."""
        self.deck.enter("image")

    def action_show_packages(self) -> None:
        """To Packages."""
        self.deck.enter("packages")

    def action_show_services(self) -> None:
        """To Services."""
        self.deck.enter("services")

    def action_show_user(self) -> None:
        """To User."""
        self.deck.enter("user")

    def action_show_startup(self) -> None:
        """To Startup."""
        self.deck.enter("startup")

    def action_show_files(self) -> None:
        """To Files."""
        self.deck.enter("files")

    def action_show_review(self) -> None:
        """To Review."""
        self.deck.enter("review")
