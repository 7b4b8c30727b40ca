"""One file a screen, its style beside it. Screens know the desk and the clock, never each other: they post ``Go``."""
