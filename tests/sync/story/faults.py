"""What happens to laptops, to the line and to central: bad lines, kills, clocks, copied and restored disks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.sync.story.central import Hold
from tests.sync.story.crashes import after_calls, at_instruction
from tests.sync.story.line import FATES
from tests.sync.story.stores import Encrypted
from tests.sync.story.world import Hand, Story


def sync(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Somebody syncs, and nothing is in the way."""
    story.sync(hand, calm=True)


def sync_badly(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Somebody syncs over a bad line."""
    story.sync(hand, FATES[a % len(FATES)], 1 + b % 3)


def arrive(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """What was held back arrives now."""
    story.wires.deliver()


# Kills


def kill_laptop(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """The laptop's process ends between two steps of a sync, before or after one is kept."""
    story.sync(hand, replica=after_calls(hand.keep.replica, 1 + a, before=bool(b % 2)))


def cut_power(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """The power goes in the middle of a transaction of the store; it is opened again from what lies on the disk."""
    if not isinstance(hand.keep, Encrypted):
        kill_laptop(story, hand, a, b, c)
        return
    cut = at_instruction(hand.keep, 1 + a + 8 * b + 64 * c)
    story.sync(hand, replica=cut.replica)
    hand.keep = cut.left()


def kill_central(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Central's connection to its database ends at one of the statements of a sync."""
    story.central.fuse.light(1 + a + 8 * (b % 4), story.central.kill)
    story.sync(hand)
    story.central.fuse.out()


def hold_up(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """A transaction of one laptop stands still at a statement, while another laptop syncs."""
    other = story.hands[(story.hands.index(hand) + 1 + c % 3) % len(story.hands)]
    if other is hand or other.identity is hand.identity:
        return
    hold = Hold()
    story.central.fuse.light(1 + a + 8 * (b % 3), hold)
    with ThreadPoolExecutor(1) as aside:
        first = aside.submit(story.sync, hand)
        while not first.done() and not hold.standing.wait(0.005):
            pass
        try:
            if hold.standing.is_set() and other in story.hands:
                story.sync(other)
        finally:
            story.central.fuse.out()
            hold.let_go.set()
    first.result()


# Time, disks and backups


def set_clock(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """A laptop's clock is wrong from now on, by up to 400 days either way."""
    hand.days = (0, 1, -1, 30, -30, 400, -400, 7)[a]


def clone(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Somebody copies a whole laptop and both are used."""
    if len(story.hands) < 6:
        hand.twofold = True
        story.hands.append(hand.copy())


def keep_disk(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Somebody makes an image of a laptop's disk."""
    if hand.spare is None:
        hand.spare = hand.keep.copy()


def restore_disk(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """A laptop is put back to the image; what was written and not sent since is nowhere any more."""
    if hand.spare is not None:
        if isinstance(hand.keep, Encrypted):
            hand.keep.close()
        hand.keep, hand.spare, hand.twofold, hand.cursor = hand.spare, None, True, ("", 0)
        story.burn()


def copy_central(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Central is backed up."""
    story.central.copy("kept")
    story.copied = set(story.erased)


def put_central_back(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Central is put back to the backup: epoch, grants, devices and erasures too."""
    if story.copied is None:
        return
    story.central.put_back("kept")
    story.erased, story.copied = set(story.copied), None
    for worker in story.held:
        found = story.central.rows_of("select scope from entitlement where worker = %s and held", (worker,))
        own = {scope for record, scope in story.scopes.items() if scope == f"family:{record}"} & story.held[worker]
        made = {f"family:{change.record}" for each in story.hands for change in each.keep.outbox()}
        story.held[worker] = {scope for (scope,) in found} | ((own & made) - set(story.stage.scopes.values()))
    story.shown.clear()
    story.burn()
