"""The rules of the work: values in, decisions with reasons out. No I/O and no clock of its own."""
