"""Sync: immutable changes, one merge, a client and central."""
