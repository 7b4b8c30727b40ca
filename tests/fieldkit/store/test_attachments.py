"""Files that are answers: their bytes are kept under their seal, and go with their draft."""

from hashlib import sha256

import pytest

from fieldkit.errors import Refused, UnknownRecord
from fieldkit.store import attachments
from fieldkit.store.store import Store


def test_a_file_is_kept_with_its_draft_and_goes_to_the_record_that_names_it(store: Store) -> None:
    kept, left = b"a letter", b"another letter"
    seals = [sha256(each).hexdigest() for each in (kept, left)]
    for seal, content in zip(seals, (kept, left), strict=True):
        store.attachments.keep("d1", seal, content)
        store.attachments.keep("d1", seal, content)
    store.attachments.hand_over("d1", "r1", seals[:1])
    assert store.attachments.content(seals[0]) == kept
    with pytest.raises(UnknownRecord):
        store.attachments.content(seals[1])
    store.attachments.destroy("r1")
    with pytest.raises(UnknownRecord):
        store.attachments.content(seals[0])


def test_a_file_that_is_too_large_or_not_the_sealed_one_is_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "LARGEST", 3)
    for seal, content in ((sha256(b"four").hexdigest(), b"four"), ("0" * 64, b"abc")):
        with pytest.raises(Refused):
            store.attachments.keep("d1", seal, content)
