"""`fieldkit` with a quick key derivation, for tests that start it dozens of times; the real cost has its own."""

from fieldkit.__main__ import main
from fieldkit.commands.edge import Cost
from fieldkit.config import QUICK_KDF

if __name__ == "__main__":
    Cost.kdf = QUICK_KDF
    main()
