"""The offline-first toolkit of family workers: the device."""
