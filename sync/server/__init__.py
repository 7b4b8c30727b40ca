"""Central: the council's end of sync, on PostgreSQL."""
