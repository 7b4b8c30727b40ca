"""The encrypted store of one device. `store.Store` is its door; the other modules are its rooms."""
