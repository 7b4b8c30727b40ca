"""What can go wrong with backups, at central's own desk."""

from sync.server.errors import CentralError


class NoBackup(CentralError):
    """The folder holds no finished backup of that name or time."""

    said = "There is no finished backup of that kind."
    cure = "Look into the folder's `base`, or make one with `fieldkit-central backup --to FOLDER`."


class BackupFailed(CentralError):
    """PostgreSQL's programs could not copy the database."""

    said = "The backup did not come to its end; the ones before it are as they were."
    cure = "Check free space and that the folder can be written, and make it again."


class BackupDamaged(CentralError):
    """A backup is not as it was written."""

    said = "This backup was altered or is damaged. Nothing has been changed."
    cure = "Name an older one with --backup, keep this one aside, and check the disk it lies on."


class DbaDoesIt(CentralError):
    """The council's own server is not ours to copy."""

    said = "This database role may not copy the council's own PostgreSQL."
    cure = (
        "Its administrator backs it up. Tell central what their archive holds: "
        "`fieldkit-central durable` prints the number now, `durable --number N` says that it is safe."
    )


class NotOurs(CentralError):
    """A backup of the council's own server is brought back by who runs that server."""

    said = "This is a copy of the council's own PostgreSQL, which its administrator restores."
    cure = "After that run `fieldkit-central verify --dsn DSN` and `fieldkit-central restored --dsn DSN`."


class NeedsKeys(CentralError):
    """A restored central needs the keys devices know it by."""

    said = "Devices know central by its keys, and they are not in the backup, or that is not their passphrase."
    cure = "Give --keys with a copy of the old data folder's `keys`, or --passphrase-file of a backup made --with-keys."


class FolderTaken(CentralError):
    """Something stands where central is to be restored."""

    said = "There is something in that folder already. Nothing has been changed."
    cure = "Name a folder that does not exist."


class ErasuresAltered(CentralError):
    """The signed list of what was erased is missing or another's."""

    said = "The list of what was erased since is missing, altered, or signed by another central."
    cure = "Bring back `erased.json` of the backup folder from where it is copied: what was erased must stay erased."


class EndsAltered(CentralError):
    """The signed list of who was shut out is missing or another's."""

    said = "The list of who was shut out since is missing, altered, or signed by another central."
    cure = "Bring back `ended.json` of the backup folder from where it is copied: a lost laptop must stay refused."


class ArchiveShort(CentralError):
    """The copy ends before what devices were told is safe."""

    said = "What was restored ends before what devices were told is safe: they may not hold the rest any more."
    cure = "Look for the missing part of the archive. With --even-so it is restored as it is."


class RestoreFailed(CentralError):
    """PostgreSQL did not come to life from the copy."""

    said = "The database did not come to life from this backup."
    cure = "The archive may be damaged, or end before the time you named. Name an earlier time, or another --backup."


class DrillFailed(CentralError):
    """A backup does not hold what it should."""

    said = "The drill failed: a restore from this backup would lose work."
    cure = "Make a new backup now, keep this one aside, and check the disk it lies on."
