"""The practice council: fictional people, a central on loopback, and the story told without a screen."""
