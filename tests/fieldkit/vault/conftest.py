"""A device of somebody's own, and a keyring that a test can take away."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit import vault
from fieldkit.config import QUICK_KDF
from fieldkit.errors import NoDeviceSecret
from tests.fieldkit.vault.words import PASSPHRASE


class Drawer:
    """A plain twin of a login's keyring."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.there = True

    def is_there(self) -> bool:
        return self.there

    def get(self, name: str) -> bytes | None:
        return self.kept.get(name) if self.there else None

    def put(self, name: str, secret: bytes) -> None:
        if not self.there:
            raise NoDeviceSecret
        self.kept[name] = secret

    def drop(self, name: str) -> None:
        self.kept.pop(name, None)


@pytest.fixture
def drawer() -> Drawer:
    """A keyring."""
    return Drawer()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A device's folder."""
    vault.create(tmp_path / "home", PASSPHRASE, QUICK_KDF, vault.Door("AP")).close()
    return tmp_path / "home"
