"""What can be proved: bundles with central's receipts, the audit chain against what central has countersigned of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fieldkit.casework import evidence
from fieldkit.errors import Refused
from fieldkit.workspace.signing import Signing
from fieldkit.workspace.views import Finding
from fieldkit.workspace.words import said_reason
from sync.changes import digest
from sync.client.anchoring import Head, is_signed

ASK_IG = "Keep this laptop as it is, and tell your information-governance lead."


class Proving(Signing):
    """The verbs about proof."""

    def receipt_of(self, signature: str) -> str:
        """Central's receipt for a sealed bundle, as it was signed; empty while there is none."""
        record = self.record(signature)
        about = digest(str(record.state.get("bundle") or "").encode("utf-8"))
        return next((text for text in self._receipts(record.scope) if _bundle_hash(text) == about), "")

    def evidence_files(self, signature: str, reason: str) -> tuple[bytes, bytes]:
        """A bundle and central's receipt for it, byte for byte, for a check outside. Audited with its reason."""
        record = self.record(signature)
        if record.kind != "signature" or not record.state.get("bundle"):
            raise Refused("That record is no signature.", "List them with `fieldkit list signature`.")
        why = said_reason(reason)
        self.store.audit.note("evidence", f"{signature}: {why}")
        return str(record.state["bundle"]).encode("utf-8"), self.receipt_of(signature).encode("utf-8")

    def audit_lines(self) -> Iterator[dict[str, Any]]:
        """The audit chain for a check outside: ids and salted hashes, no words."""
        return self.store.audit.shown()

    # -- what does not hold

    def evidence_findings(self) -> list[Finding]:
        """What does not hold of the audit chain, of the heads central countersigned, of bundles and receipts."""
        return [*self._chain_findings(), *self._bundle_findings()]

    def _chain_findings(self) -> Iterator[Finding]:
        audit = self.store.audit
        fault = audit.fault()
        if fault is not None:
            yield Finding("audit chain", f"entry {fault.number} {fault.what}", ASK_IG)
        broken = audit.broken_anchor()
        if broken is not None:
            yield Finding("audit chain", f"entry {broken.number} {broken.what}", ASK_IG)
        key, ids = self._central_key("receipt"), (self.me.device, *self.former_ids())
        for each in audit.anchors():
            head, said = Head(each.number, each.hash), (each.at, each.signature)
            if not any(is_signed(key, device, head, said) for device in ids):
                yield Finding("audit chain", f"the countersignature of entry {each.number} is not central's", ASK_IG)
                return

    def _bundle_findings(self) -> Iterator[Finding]:
        central = self._central_key("receipt").hex()
        receipts = {_bundle_hash(text): text for text in self._receipts()}
        for record in self.store.records.of_kind("signature"):
            sealed = str(record.state.get("bundle") or "")
            if not evidence.is_whole(sealed):
                yield Finding("seal", record.id, "Treat it as not signed; ask again.")
                continue
            text = receipts.get(digest(sealed.encode("utf-8")))
            if text is not None and not evidence.is_receipt(text, sealed, central):
                yield Finding("central's receipt", record.id, ASK_IG)
            if not self._is_in_chain(sealed):
                yield Finding("audit chain", f"entry {evidence.previous_of(sealed)[0]} is not the one sealed", ASK_IG)

    def _is_in_chain(self, sealed: str) -> bool:
        """Whether the entry that a bundle of this very device names is the one that is in the chain."""
        number, known = evidence.previous_of(sealed)
        own = json.loads(sealed).get("public_key") == self.identity.public.hex()
        return not number or not own or self.store.audit.hash_at(number) == known


def _bundle_hash(receipt: str) -> str:
    return str(json.loads(receipt)["bundle_hash"])
