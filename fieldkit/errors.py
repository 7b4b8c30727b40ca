"""What can go wrong on a device, each with its cure and the command line's exit code. No message holds an answer."""

from __future__ import annotations

import errno
import sys


class FieldkitError(Exception):
    """The base: `said` tells what happened, `cure` what to do, `exit_code` what the command line answers."""

    said = "That did not work."
    cure = "Nothing has been changed. Try again."
    exit_code = 1

    def __str__(self) -> str:
        return self.said


class Refused(FieldkitError):
    """A verb that may not be done now; the reason is given in plain words, without any answer."""

    def __init__(self, said: str, cure: str = "Nothing has been changed.") -> None:
        super().__init__(said)
        self.said = said
        self.cure = cure


class WrongPassphrase(FieldkitError):
    """The vault did not open."""

    said = "That passphrase does not open this vault."
    cure = "Check caps lock and try again. Nothing has been changed."
    exit_code = 3


class Stopped(FieldkitError):
    """Somebody stopped what was going on, between two steps of it."""

    said = "Stopped, as you asked."
    cure = "Everything up to here is kept; it goes on where it was with the next one."


class NoMemory(FieldkitError):
    """The key could not be derived: Argon2id needs more memory than is free."""

    said = "This machine has too little free memory to open the store."
    cure = "Close other programs and try again. Nothing has been changed."


class NoDeviceSecret(FieldkitError):
    """The slot needs the secret that the keyring of this login keeps, and it is not there."""

    said = "This login's keyring does not have the secret that belongs to this device."
    cure = "Log in to the machine as the person who made the device. If the keyring is lost, `fieldkit recover` helps."
    exit_code = 3


class WhoIsIt(FieldkitError):
    """Several people have a slot on this device, and none was chosen."""

    said = "Several people work on this device."
    exit_code = 3

    def __init__(self, handles: tuple[str, ...]) -> None:
        super().__init__("who is it")
        self.handles = handles
        self.cure = f"Say who you are with --as: {', '.join(handles)}."


class UnknownPerson(FieldkitError):
    """Nobody of that handle has a slot on this device."""

    said = "Nobody of that name works on this device."

    def __init__(self, handles: tuple[str, ...]) -> None:
        super().__init__("unknown person")
        self.cure = f"These do: {', '.join(handles)}. Nothing has been changed."


class SlotRemoved(FieldkitError):
    """A slot that was taken away was brought back with an older key file."""

    said = "You no longer have a place on this device."
    cure = "Somebody who works on it can give you one again. Nothing has been changed."
    exit_code = 3


class TooSoon(FieldkitError):
    """Another passphrase came too soon after several wrong ones."""

    said = "Too many wrong passphrases, one after the other."
    exit_code = 3

    def __init__(self, seconds: int) -> None:
        super().__init__("too soon")
        self.seconds = seconds
        self.cure = f"Wait {seconds} seconds, then try again. Nothing has been changed."


class Locked(FieldkitError):
    """Something was asked of a workspace that is closed."""

    said = "fieldkit is locked."
    cure = "Unlock it with your passphrase."
    exit_code = 3


class PinSpent(FieldkitError):
    """The short PIN was wrong too often."""

    said = "The PIN was wrong five times."
    cure = "fieldkit is locked now. Unlock it with your passphrase; what was typed is safe."
    exit_code = 3


class NotSealedForThis(FieldkitError):
    """A sealed copy does not open: another key, another place, or altered bytes."""

    said = "This sealed copy does not open with this key."
    cure = "Nothing has been changed. Check that key and copy belong together; an altered copy never opens."


class NoDevice(FieldkitError):
    """There is no store in this folder."""

    said = "There is no fieldkit store in this folder."
    cure = "Make one with `fieldkit init`, or name another folder with --home."


class DeviceThere(FieldkitError):
    """A store was to be made where one stands."""

    said = "There is a fieldkit store in this folder already."
    cure = "Use it, or name another folder with --home. Nothing has been changed."


class AlreadyOpen(FieldkitError):
    """Another fieldkit has this store open."""

    said = "This store is open in another fieldkit."
    cure = "Close the other one first. Nothing has been changed."


class UnsafeFolder(FieldkitError):
    """The folder can be read by others."""

    said = "Other users of this machine can read fieldkit's folder."
    cure = "Make it yours alone (mode 0700) and try again. Nothing has been changed."


class StoreDamaged(FieldkitError):
    """The key file or the database is not whole."""

    said = "The store on this device is damaged."
    cure = (
        "Do not delete it; nothing has been changed. `fieldkit doctor` says more; `fieldkit doctor --rebuild` shows "
        "what can be read again, and does it when it is said with --yes."
    )
    exit_code = 7


class SavesMissing(StoreDamaged):
    """The log beside the store is damaged or gone: saves that were acknowledged cannot be read from it."""

    said = "The last saves on this device cannot be read: the log beside the store is damaged."
    cure = (
        "Do not delete anything. `fieldkit doctor --rebuild` shows what can be read again, and changes nothing until "
        "it is said with --yes."
    )


class Shredded(FieldkitError):
    """Central took this device out of use and had its keys destroyed."""

    said = "This laptop was taken out of use, and the keys to what it held were destroyed."
    cure = "Nothing on it can be opened any more, by anybody. Give it back; ask your team lead for another one."
    exit_code = 7


class StoreBusy(FieldkitError):
    """The database is held by something else, such as a virus scanner or a backup."""

    said = "The store on this device is busy."
    cure = "Close what else reads fieldkit's folder and try again. Nothing has been changed."


class StoreFault(FieldkitError):
    """The database refused a statement: a mistake in fieldkit, not in the store."""

    said = "fieldkit asked its store for something that it refused."
    cure = "Nothing has been changed. Tell whoever looks after fieldkit; it is a mistake in the program."


class NewerSchema(FieldkitError):
    """The store was written by a newer fieldkit."""

    said = "This store was written by a newer fieldkit."
    cure = "Update fieldkit on this device. Nothing has been changed."


class KeyFileDamaged(StoreDamaged):
    """Neither the key file nor its copy can be read: without one of them nothing opens the store."""

    said = "The key file of this device and its copy are both damaged: nothing opens the store without one of them."
    cure = (
        "Do not delete anything. Put back a copy of `key.json` if you have one, of any age; the store is not touched. "
        "Without one ask for a new device and a code: what was synced comes from central, and `fieldkit "
        "restore-drafts` brings back the drafts that have a copy there."
    )


class WeakKeyFile(FieldkitError):
    """The key file asks for less, or far more, work than we accept."""

    said = "The key file of this store has been weakened or altered."
    cure = "Do not go on with it. Copy the folder aside and tell whoever looks after your laptops."
    exit_code = 7


class NotEnrolled(FieldkitError):
    """Nothing is captured before central knows the device."""

    said = "This device is not enrolled yet."
    cure = "Ask for a code and run `fieldkit enrol URL CODE`."


class UnknownRecord(FieldkitError):
    """No such record, draft, conflict or form on this device."""

    said = "There is nothing by that name on this device."
    cure = "Look it up with `fieldkit list` or `fieldkit find`; it may need a sync first."


class AnswersNotValid(FieldkitError):
    """A form was to be filed with answers missing or outside their bounds; `places` names paths, never answers."""

    said = "Some answers are missing or not valid."
    exit_code = 6

    def __init__(self, places: tuple[tuple[str, str], ...]) -> None:
        super().__init__("answers not valid")
        self.places = places
        self.cure = "Look at: " + "; ".join(f"{path} ({why})" for path, why in places[:20])


class DiskTrouble(FieldkitError):
    """The disk is full, read-only or failing; raised where an OSError is caught it tells which."""

    said = "This could not be written to the disk."
    cure = "Free some space or check the disk. What was saved before is safe."

    def __init__(self) -> None:
        super().__init__("disk trouble")
        wrong = sys.exc_info()[1]
        if isinstance(wrong, OSError):
            told = _CAUSES.get(wrong.errno or 0, type(self))
            self.said, self.cure = told.said, told.cure


class DiskFull(DiskTrouble):
    """There is no room left."""

    said = "The disk is full."
    cure = "Free some space and try again. What was saved before is safe and can be read."


class DiskReadOnly(DiskTrouble):
    """The store may be read and not written."""

    said = "fieldkit's folder cannot be written: the disk is read-only, or the folder is not yours."
    cure = (
        "Have it made writable for you and try again, or copy the folder to a disk that can be written and open it "
        "there with --home. What was saved before is safe."
    )


class DiskShut(DiskTrouble):
    """The store's files do not open."""

    said = "The store's files cannot be opened: the disk is full or failing, or the folder is not yours to write."


class DiskErrs(DiskTrouble):
    """The disk answered a read or a write with an error."""

    said = "The disk answered with an error."
    cure = "Nothing more was saved. Copy fieldkit's folder to another disk soon; what was saved before is safe."


class DiskFailing(DiskTrouble):
    """The disk did not make durable what it had taken; nobody knows what of it is there."""

    said = "The disk did not keep what was written."
    cure = (
        "Close fieldkit and open it again: it looks at what is there. What was acknowledged before is safe. "
        "Have the disk looked at."
    )


_CAUSES: dict[int, type[DiskTrouble]] = {
    errno.ENOSPC: DiskFull,
    getattr(errno, "EDQUOT", errno.ENOSPC): DiskFull,
    errno.EROFS: DiskReadOnly,
    errno.EACCES: DiskReadOnly,
    errno.EPERM: DiskReadOnly,
    errno.EIO: DiskErrs,
}


class SignInNeeded(FieldkitError):
    """Central gives out nothing new before the worker has signed in."""

    said = "Central asks you to sign in before it sends what is new."
    cure = "Run `fieldkit sign-in` (a new laptop: `fieldkit sign-in --enrol URL`). Nothing is lost; go on working."
    exit_code = 8


class CentralAway(FieldkitError):
    """Central could not be reached."""

    said = "Central cannot be reached."
    cure = "Nothing was marked sent. Go on working and sync later."
    exit_code = 4

    def __init__(self, said: str = "", cure: str = "") -> None:
        super().__init__("central away")
        self.said = said or self.said
        self.cure = cure or self.cure
