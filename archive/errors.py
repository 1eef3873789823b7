"""The errors a person can do something about; the command line prints each as one line."""


class UnionArchiveError(Exception):
    """Says what was got, what was expected and what to do. Exit code 1."""

    exit_code = 1


class UsageError(UnionArchiveError):
    """A wrong option, query or site file. Exit code 2."""

    exit_code = 2


class LockedError(UnionArchiveError):
    """Somebody else is writing; the same command works later. Exit code 75 (EX_TEMPFAIL)."""

    exit_code = 75
