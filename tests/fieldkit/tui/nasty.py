"""Words that try to be markup, a terminal command, or another order of letters."""

NASTY = " [/x] [@click=app.quit]hi[/] \x1b]52;c;aGVsbG8=\x07 \x1b[2J \u202eevil\u202c \x9b31m [b"
"""Every screen is walked with this in every text that people can write."""
