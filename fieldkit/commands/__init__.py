"""The command line: every verb of the workspace, for scripts, for screen readers, and for tests from outside."""
