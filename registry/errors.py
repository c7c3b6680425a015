"""What can go wrong in the registry, as one tree.

    RegistryError
    ├── SettingsError           a wrong value in config/registry.toml or the environment
    ├── SourceError             a wrong source file, or a source that does not exist
    ├── DatabaseError           a database that cannot be used as it is
    ├── BusyError               somebody else is at it: a lease is held
    ├── LeaseLostError          our own lease was taken over while we worked
    ├── RunError                a run that does not exist, or is not held
    ├── CurationError           an order of a curator that cannot be carried out
    ├── AccountError            a link that is used up, a password that is too short
    ├── BackupError             a file that is no backup, or a place that is not free
    ├── ListenError             an address that cannot be served on
    └── PayloadError            bytes that should be in the store and are not

Every text is one line: what was seen, what was expected, how to mend it. The command line and the web show it as it
is; nobody is shown a traceback.
"""

from __future__ import annotations


class RegistryError(Exception):
    """The root: `str()` is one line for people."""


class SettingsError(RegistryError):
    """A setting that is wrong: key, found, expected."""


class SourceError(RegistryError):
    """A source that is written wrongly or does not exist."""


class DatabaseError(RegistryError):
    """The database is missing, of another version, or cannot be reached."""


class BusyError(RegistryError):
    """Another process works on the same source now."""


class LeaseLostError(RegistryError):
    """Another process took the source over while this one was working on it."""


class RunError(RegistryError):
    """There is no such run, or it is not in a state for what was asked."""


class CurationError(RegistryError):
    """A curator asked for something that cannot be done."""


class AccountError(RegistryError):
    """Somebody cannot sign in or set a password: why, and what to do."""


class BackupError(RegistryError):
    """A file is no backup, is damaged, or the target is not empty."""


class ListenError(RegistryError):
    """The web cannot be served on the address that was asked for."""


class PayloadError(RegistryError):
    """Bytes that should be in the store are not, or are damaged."""
