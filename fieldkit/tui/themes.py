"""fieldkit's own themes.

Every text on every background of every screen has a contrast of 4.5 to 1 at least, the mark of the keyboard's place
3 to 1; in the two of high contrast text has 7 to 1. A test computes it from what is painted.
"""

from __future__ import annotations

from textual.theme import Theme

from fieldkit.settings import THEMES


def _theme(name: str, dark: bool, ink: str, paper: str, mark: str, panel: str) -> Theme:
    """A theme of four colours: ink on paper, one for marks and cursors, one for lines of the frame."""
    return Theme(
        name=name,
        dark=dark,
        primary=mark,
        secondary=mark,
        accent=mark,
        warning=ink,
        error=ink,
        success=ink,
        foreground=ink,
        background=paper,
        surface=paper,
        panel=panel,
        boost=panel,
        variables=_variables(ink, paper, mark, panel),
    )


def _variables(ink: str, paper: str, mark: str, panel: str) -> dict[str, str]:
    """What Textual would mix from these colours, said outright: a mixed one may be too faint to be read."""
    return {
        "border": mark,
        "border-blurred": panel,
        "block-cursor-background": mark,
        "block-cursor-foreground": paper,
        "block-cursor-blurred-background": panel,
        "block-cursor-blurred-foreground": ink,
        "block-hover-background": panel,
        "input-cursor-background": ink,
        "input-cursor-foreground": paper,
        "input-selection-background": mark,
        "input-selection-foreground": paper,
        "text": ink,
        "text-muted": ink,
        "text-disabled": ink,
        "text-primary": ink,
        "text-secondary": ink,
        "text-accent": ink,
        "text-warning": ink,
        "text-error": ink,
        "text-success": ink,
        "foreground-muted": ink,
        "foreground-disabled": ink,
        "scrollbar": mark,
        "scrollbar-background": panel,
        "scrollbar-corner-color": panel,
    }


OURS = (
    _theme("dark", True, "#e8eaed", "#15181c", "#8ab4f8", "#2b3036"),
    _theme("light", False, "#1b1e22", "#fbfbf9", "#0b57d0", "#e3e6ea"),
    _theme("contrast-dark", True, "#ffffff", "#000000", "#ffd60a", "#1c1c1c"),
    _theme("contrast-light", False, "#000000", "#ffffff", "#00309a", "#e8e8e8"),
)
"""In the order of `settings.THEMES`."""
assert tuple(theme.name for theme in OURS) == THEMES


def after(name: str) -> str:
    """The next theme, round and round."""
    return THEMES[(THEMES.index(name) + 1) % len(THEMES)] if name in THEMES else THEMES[0]
