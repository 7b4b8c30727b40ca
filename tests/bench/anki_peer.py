"""One Anki collection and its sync, driven a verb a line: run by `peers_bench.py` with a Python that has `anki`.

    python tests/bench/anki_peer.py COLLECTION ENDPOINT

Reads `[verb, word…]` as JSON from standard input, answers `{"wall", "cpu", "result"}`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from anki.collection import Collection

FIELDS = 2


class Peer:
    """A collection that somebody works with."""

    def __init__(self, path: str, endpoint: str) -> None:
        self.collection = Collection(path)
        self.auth: Any = None
        self.endpoint = endpoint

    def begin(self, way: str) -> None:
        """Sign in and let server and collection be the same once, `up` or `down`; not part of any figure."""
        self.auth = self.collection.sync_login("asha", "practice", self.endpoint)
        self.collection.sync_collection(self.auth, False)
        self.collection.close_for_full_sync()
        self.collection.full_upload_or_download(auth=self.auth, server_usn=None, upload=way == "up")
        self.collection.reopen(after_full_sync=True)

    def write(self, corpus: str) -> int:
        """Add the notes; not part of any figure."""
        kind = self.collection.models.by_name("Basic")
        deck = self.collection.decks.id("Default")
        texts = json.loads(Path(corpus).read_text("utf-8"))
        for number, text in enumerate(texts):
            note = self.collection.new_note(kind)
            note.fields = [f"{number} {text}", ""]
            self.collection.add_note(note, deck)
        return len(texts)

    def edit(self, start: str, words: str, field: str = "1") -> None:
        """Edit one field of 100 notes from a place on."""
        for number, note_id in enumerate(sorted(self.collection.find_notes(""))[int(start) : int(start) + 100]):
            note = self.collection.get_note(note_id)
            note.fields[int(field)] = f"{words} {number}"
            self.collection.update_note(note)

    def sync(self) -> int:
        """One ordinary sync; what it says is required (0: nothing more)."""
        return int(self.collection.sync_collection(self.auth, False).required)

    def count(self, words: str) -> int:
        """In how many notes these words stand."""
        return len(self.collection.find_notes(f'"{words}"'))


def main() -> None:
    """Answer until standard input ends."""
    peer = Peer(*sys.argv[1:3])
    for line in sys.stdin:
        verb, *words = json.loads(line)
        wall, cpu = time.perf_counter(), time.process_time()
        result = getattr(peer, verb)(*words)
        spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        sys.stdout.write(json.dumps({**spent, "result": result}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
