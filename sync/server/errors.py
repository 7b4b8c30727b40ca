"""What can go wrong at central's own desk (what is answered to a device stands in sync.protocol)."""


class CentralError(Exception):
    """Central could not do what it was asked; the sentence and the cure are for whoever runs it."""

    said = "Central could not do that."
    cure = "Look at the note behind this line."
    code = 1
    """What the process ends with: 1 refused, 2 a wrong call, 4 the database is away, 7 what is kept is damaged."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.said} {detail}".strip())


class NoPrograms(CentralError):
    """PostgreSQL's programs are not installed."""

    said = "The embedded PostgreSQL is not installed."
    cure = "Install fieldkit with the extra `trial`, or give an own database with --dsn."


class CannotReach(CentralError):
    """Root has nobody to run PostgreSQL as."""

    said = "PostgreSQL does not run as root, and there is no other user to run it as."
    cure = "Start central as an ordinary user, or give an own database with --dsn."


class NoDatabase(CentralError):
    """PostgreSQL did not start, stop or answer."""

    said = "The database did not do its part."
    cure = "See server.log in the data folder's `postgres`; check free space and that the folder is central's own."
    code = 4


class NotInitialised(CentralError):
    """There is no central in this data folder yet."""

    said = "There is no central here yet."
    cure = "Run `fieldkit-central init` with the same --data first."


class AlreadyThere(CentralError):
    """`init` was called over a central that stands."""

    said = "There is a central here already. Nothing has been changed."
    cure = "Use `serve`, or choose another --data."


class NoRow(CentralError, LookupError):
    """A row without which no central works is not there."""

    said = "This database holds central's tables, but no central was begun in it, or a row of it was removed."
    cure = "Check the database that --dsn names. If it is the right one, run `init` again, or bring a backup back."


class FileThere(CentralError):
    """An answer would take the place of a file."""

    said = "There is a file of that name already. Nothing has been changed."
    cure = "Name another with --out."


class AlreadyServing(CentralError):
    """Another central serves this database."""

    said = "Another central already serves this database."
    cure = "Stop it first."


class TooMighty(CentralError):
    """The database role could read past the row rules."""

    said = "Central does not start with a role that owns its tables, is a superuser or bypasses row security."
    cure = "Give --dsn of a plain role that is a member of fieldkit_central."


class NewerSchema(CentralError):
    """A newer central has already worked in this database."""

    said = "This database was made by a newer central. Nothing has been changed."
    cure = "Update fieldkit-central."


class OlderSchema(CentralError):
    """The tables are older than this program."""

    said = "The tables of this database are older than this central. Nothing has been changed."
    cure = "Run `fieldkit-central migrate --dsn …` as their owner once; centrals that serve may go on meanwhile."


class Forgetful(CentralError):
    """The server says that something is kept before it is."""

    said = "This PostgreSQL runs with fsync or full_page_writes off: what it acknowledges can be lost."
    cure = "Switch both on in its configuration and start central again."


class NotSure(CentralError):
    """A commit is on the leader's disk and perhaps not at its standby."""

    said = "The database did not wait for its standby, so nothing was acknowledged."
    cure = "The device sends it again by itself. See who cancels statements on the server."


class NoSuchService(CentralError):
    """An address names a service that its file does not have."""

    said = "There is no such service in the file of services."
    cure = "Set PGSERVICEFILE to `keys/services` in central's folder, or write the address out."


class NotAName(CentralError):
    """A name that cannot be a database's and a role's."""

    said = "That cannot be the short name of a council. Nothing has been changed."
    cure = "Take small letters, digits and _, beginning with a letter, 41 at most."


class NotKnown(CentralError):
    """A worker, device or scope that central does not hold."""

    said = "Central does not know that."
    cure = "Check the spelling or the number. `fieldkit-central code` makes a worker known; all else must be there."


class NoSuchWorker(NotKnown):
    """A name or id that is no worker's."""

    said = "Central knows no worker of that name or id. Nothing was changed."
    cure = "Check the spelling. `fieldkit-central code --worker NAME` makes a worker known."


class NoSuchScope(NotKnown):
    """An id that is no scope's; a scope is there from the first record on that a device sent into it."""

    said = "Central holds no family, centre or other scope of that id. Nothing was changed."
    cure = "Give the whole id, as family:ID or centre:ID. It is there once a device has synced its first record."


class NoSuchDevice(NotKnown):
    """An id that is no device's."""

    said = "Central knows no device of that id. Nothing was changed."
    cure = "Give all 32 letters: `fieldkit-central devices [WORKER]` lists them."


class NoSuchRecord(NotKnown):
    """An id that is no record's, or not one of the family that was named."""

    said = "Central holds no such record there. Nothing was changed."
    cure = "Check each id: a record is named by itself, one of its family, and none that was erased or has moved."


class NoSuchGlass(NotKnown):
    """A number that waits for no look of this person's."""

    said = "There is no glass of that number that this person could look at."
    cure = "`fieldkit-central glass-review` lists what waits; nobody looks at what they broke themselves."


class NotSetAside(NotKnown):
    """A change that is not in quarantine, or no longer."""

    said = "No change of that device and number is set aside."
    cure = "`fieldkit-central quarantine --by LEAD` lists what waits."


class NotALead(NotKnown):
    """An order that takes a lead, or a receiver who may not hold families."""

    said = "Only a lead arranges that, and only for somebody who may hold families. Nothing was changed."
    cure = "Name a lead after --by, and a worker, a centre's worker or a lead to hold it."


class NotHeld(CentralError):
    """Nothing there that could be handed over, or not by this person."""

    said = "That is not held by who was named, or not theirs to give."
    cure = "See who holds it; an address or restricted material is opened by name, by somebody who holds it."


class CannotSettle(CentralError):
    """A change that was set aside cannot become a version."""

    said = "This change cannot be taken as it is."
    cure = "Leave it with --leave, and let who holds the family write down anew what is missing."


class NotWritten(CentralError):
    """A number that central has not reached."""

    said = "Central has not written that number yet, so no archive can have it. Nothing was changed."
    cure = "`fieldkit-central durable` prints the number; give the one whose place your archive has."


class NotPossible(CentralError):
    """A file, a number or an address that does not serve."""

    said = "That could not be done."
    cure = "Check the file, the number or the address that was given: it is not there, too large, or of the wrong kind."


class TooMuch(NotPossible):
    """A file beyond what anything of its kind has."""

    said = "That file is far too large for what it should be. Nothing has been changed."
    cure = "Look whether it is the right one."


class NotAChain(CentralError):
    """A file is no chain that `fieldkit audit --export` wrote."""

    said = "That is no chain that a device exported, or it was altered."
    cure = "Let the device write it anew with `fieldkit audit --export FILE`; if that fails alike, get help."


class OtherRole(CentralError):
    """Somebody of that name is known in another role."""

    said = "Somebody of that name works here in another role. Nothing was changed."
    cure = "Give that role, or say --change-role: it then counts at once, on every laptop of theirs."


class NotACourier(CentralError):
    """A file is not a courier's, was altered, or is sealed to another central."""

    said = "This is not a courier's file for this central, or it was altered on its way."
    cure = "Let the device pack it again; nothing was taken."


class AuditBroken(CentralError):
    """The audit trail is not as it was written."""

    said = "The audit trail was changed."
    cure = "Keep this database as it is, and tell information governance."
    code = 7


class LedgerBroken(CentralError):
    """The ledger's chain does not hold."""

    said = "The ledger does not agree with itself."
    cure = "Stop serving, keep the data folder as it is, and compare with the last backup."
    code = 7


class NotAForm(CentralError):
    """A file that publishing did not write, or that was altered since."""

    said = "This is not a published form, or it was altered. Nothing was published."
    cure = "Run `fieldkit forms publish` and give the file that it writes."


class VersionTaken(CentralError):
    """Another form of this name and version is with the devices already."""

    said = "This version of the form is published already, with other content."
    cure = "Give the form a higher version in its settings sheet and publish it again."


class AnchorBroken(CentralError):
    """A chain is not the one whose head was written down."""

    said = "What stands now is not what was anchored."
    cure = "Somebody rewrote or cut a chain, or this central was restored from an older copy. Keep both; get help."


class NotTwoPersons(CentralError):
    """Something that two people must stand for was asked by one, or by somebody who may not."""

    said = "Two different people must stand for this: leads, information governance, or who looks after machines."
    cure = "Name both with --by and --second. Nothing has been changed."


class NotACouncilKey(CentralError):
    """A text that is no public half of a council's key."""

    said = "That is not the public half of a council key."
    cure = "Give the 64 letters and digits that `fieldkit council-key make` printed as `public`."
