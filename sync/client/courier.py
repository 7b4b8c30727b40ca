"""Work carried by hand: everything unanswered into one file, and central's answers out of another."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client.replica import Replica, Settlement
from sync.errors import Malformed
from sync.protocol import FIRST_CHANGES, batch_message, push_body, read_answer
from sync.protocol.courier import LARGEST, LARGEST_BY_LINE, Answered, pack_out, read_back

__all__ = ["LARGEST", "LARGEST_BY_LINE", "is_taken", "pack", "seal", "unpack"]


def pack(replica: Replica, key: Ed25519PrivateKey, seal_key: bytes) -> tuple[bytes, int]:
    """The file with all that has no receipt, and how many changes; they may be at central from now on."""
    device, bodies, count, beyond = replica.standing().device, [], 0, 0
    while (batch := replica.batch(FIRST_CHANGES, beyond)) is not None:
        replica.mark_sent(batch)
        message = batch_message(device, batch.first, batch.after, len(batch.lines), batch.hash)
        bodies.append(push_body(batch, key.sign(message)))
        count, beyond = count + len(batch.lines), batch.last
    return pack_out(device, bodies, seal_key), count


def unpack(replica: Replica, file: bytes, receipt_key: bytes) -> tuple[list[Settlement], list[str]]:
    """Keep central's receipts; what they did, and the reasons of pushes refused as a whole.

    Malformed for a file of another device, an altered one, or one from a central that has been put back meanwhile.
    """
    standing = replica.standing()
    answers: list[Answered] = read_back(file, standing.device, receipt_key)
    settled, reasons = [], []
    for each in answers:
        if each.reason:
            reasons.append(each.reason)
            continue
        answer = read_answer(each.body)
        if standing.epoch and answer.epoch != standing.epoch:
            raise Malformed
        settled.append(replica.settle(answer))
    return settled, reasons


def seal(device: str, words: Sequence[bytes], seal_key: bytes) -> bytes:
    """Words that stay on a device as only central can open them."""
    return pack_out(device, words, seal_key)


def is_taken(file: bytes, device: str, receipt_key: bytes) -> bool:
    """Whether central could read all that was sealed; one that is older than this cannot, and is asked again later."""
    return not any(each.reason for each in read_back(file, device, receipt_key))
