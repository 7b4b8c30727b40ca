"""The command line of central, one file a family of verbs."""
