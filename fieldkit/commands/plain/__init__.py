"""The line mode: one question, one line, one answer. No colour, no cursor; for screen readers and dumb terminals."""
