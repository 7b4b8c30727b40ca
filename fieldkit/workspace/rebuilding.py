"""Making a damaged store readable again: first a plan that changes nothing, then the same for good."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from fieldkit import vault
from fieldkit.config import REAL_KDF, Clock, KdfPolicy
from fieldkit.errors import DiskTrouble
from fieldkit.store import room, swap
from fieldkit.store.rebuild import Told, rebuild
from fieldkit.store.salvage import salvage
from fieldkit.workspace.allowed import NotYourRole


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """A damaged device, and how it is opened."""

    home: Path
    passphrase: str
    clock: Clock
    kdf: KdfPolicy = REAL_KDF
    door: vault.Door | None = None
    """Who asks, where several people work on it, and the keyring that keeps its secret."""

    def plan(self) -> Told:
        """What could be read again, and what not; nothing is changed."""
        with self._opened() as held:
            scratch = self._scratch(held)
            try:
                return self._made(held, scratch)
            finally:
                swap.sweep(held.store_path)

    def carry_out(self) -> tuple[Told, str]:
        """Copy the damaged store aside as it is and put the rebuilt one in its place; the name of the copy."""
        with self._opened() as held:
            aside = self._aside()
            scratch = self._scratch(held)
            try:
                told = self._made_beside(held, self.home / aside, scratch)
                os.replace(scratch, held.store_path.with_name(held.store_path.name + swap.REBUILT))
                swap.finish(held.store_path)
            except OSError:
                raise DiskTrouble from None
            finally:
                swap.sweep(held.store_path)
        return told, aside

    def _aside(self) -> str:
        """A name for the copy that no earlier one has: one that was cut off may be begun again within the second."""
        name = f"damaged-{self.clock.now():%Y%m%d-%H%M%S}"
        names = chain([name], (f"{name}-{number}" for number in count(2)))
        return next(each for each in names if not (self.home / each).exists())

    def _made_beside(self, held: vault.Vault, aside: Path, scratch: Path) -> Told:
        """The rebuilt store, and the damaged one copied aside; where one of them has no room, neither is left."""
        swap.copy_aside(held.store_path, aside)
        try:
            return self._made(held, scratch)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise

    def _made(self, held: vault.Vault, scratch: Path) -> Told:
        swap.sweep(held.store_path)
        return rebuild(salvage(held.store_path, held.key), scratch, held.key, self.clock)

    def _scratch(self, held: vault.Vault) -> Path:
        return held.store_path.with_name(held.store_path.name + swap.SCRATCH)

    @contextmanager
    def _opened(self) -> Iterator[vault.Vault]:
        store = self.home / vault.STORE_FILE
        if (self.home / vault.KEY_FILE).exists() and not store.exists():
            store.touch(mode=0o600)  # the store is gone: the key opens, and everything comes from central
        room.make_way(self.home)
        held = vault.unlock(self.home, self.passphrase, self.kdf, self.clock, self.door)
        try:
            if held.person.role == vault.REGISTER:
                raise NotYourRole
            swap.finish(held.store_path)
            yield held
        finally:
            held.close()
