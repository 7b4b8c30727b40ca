"""What can go wrong when a form is loaded or run. An answer never enters a message."""

from __future__ import annotations


class FormError(Exception):
    """Something about a form that stops it from being loaded or run."""

    said = "The form could not be used."
    cure = "Ask the form's author to publish it again."

    def __init__(self, said: str | None = None, cure: str | None = None) -> None:
        """Say what happened and what helps; the class's own words stand in for either."""
        self.said = said or type(self).said
        self.cure = cure or type(self).cure
        super().__init__(f"{self.said} {self.cure}")


class XPathError(FormError):
    """An expression that cannot be read or run, and the place in it."""

    said = "An expression in the form cannot be read."
    cure = "Correct the expression and publish the form again."

    def __init__(self, said: str | None = None, *, place: int = 0, cure: str | None = None) -> None:
        """Name the place: the number of characters before the trouble."""
        self.place = place
        super().__init__(f"{said or type(self).said} (at character {place + 1})", cure)


class FormNotSupported(FormError):
    """A form that uses something fieldkit does not run."""

    said = "The form uses something that fieldkit does not run."

    def __init__(self, node: str, word: str, instead: str) -> None:
        """Name the node, the word that is refused, and what to use instead."""
        self.node = node
        self.word = word
        self.instead = instead
        super().__init__(f"{node}: “{word}” is not supported.", f"Use {instead}.")
