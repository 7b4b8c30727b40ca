"""What an author is told when a form cannot be published, always by sheet, row and word."""

from __future__ import annotations

from dataclasses import dataclass, replace

from forms.errors import FormError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a form: where, which word, why, and what to use instead."""

    sheet: str
    row: int
    """The row as a spreadsheet numbers it; 0 when the whole sheet is meant."""
    word: str
    why: str
    instead: str
    warning: bool = False
    """Said, but nothing is refused for it."""

    def told(self) -> Finding:
        """The same, as a warning."""
        return replace(self, warning=True)

    def __str__(self) -> str:
        """One line an author can act on."""
        line = f"{self.sheet} row {self.row}: “{self.word}”: {self.why}; {self.instead}."
        return " ".join(line.splitlines())


class AuthoringError(FormError):
    """A form could not be made."""

    said = "The form could not be published."
    cure = "Correct what is listed and publish again."


class AuthorExtraMissing(AuthoringError):
    """pyxform is not installed."""

    said = "Publishing a form needs the author tools, which are not installed here."
    cure = "Install fieldkit with its “author” extra, then try again."


class FormRefused(AuthoringError):
    """A form uses something that fieldkit does not run; each by sheet, row and word."""

    said = "The form was refused; nothing was published."

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """Keep every finding, so that an author mends all in one go."""
        super().__init__()
        self.findings = findings

    def __str__(self) -> str:
        """The sentence, and every finding on a line of its own."""
        return "\n".join([self.said, *map(str, self.findings)])


class SheetsNotHeld(AuthoringError):
    """A spreadsheet was asked of a published form whose definition is not there."""

    said = "A published form holds the compiled form, not the sheets it was made of, and no definition of it is here."
    cure = "Lay the .md or .xlsx that it was published from beside it under the same name, or export that file itself."


class NotCompiled(FormRefused):
    """pyxform could not compile the form."""

    said = "The form could not be compiled; nothing was published."
