"""What lies on disk: the folder that one archive lives in."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive.errors import UnionArchiveError, UsageError

SERVED = "http://127.0.0.1:8001/"
"""Where `union-archive serve` is, unless told otherwise."""
KEYS = ("contact", "notify", "sites", "address", "replay")
"""What may stand in config.toml."""


@dataclass(frozen=True)
class Holdings:
    """One archive's folder. Making one touches nothing; `ensure` makes what it lacks."""

    root: Path

    @property
    def archive_db(self) -> Path:
        """What is served: articles, captures, runs. Derived from the WARCs."""
        return self.root / "archive.db"

    @property
    def crawl_db(self) -> Path:
        """What the crawler remembers between runs. May be lost."""
        return self.root / "crawl.db"

    @property
    def register_db(self) -> Path:
        """What people decided and time taught: see `archive.register`. Backed up like the WARCs."""
        return self.root / "register.db"

    @property
    def warc(self) -> Path:
        """Every response as it came."""
        return self.root / "warc"

    @property
    def log(self) -> Path:
        """What crawls said while nobody watched."""
        return self.root / "log"

    @property
    def sites(self) -> Path:
        """The owner's own site files."""
        return self.root / "sites"

    def owns(self, path: Path) -> bool:
        """Whether a file is one of the holdings' own, or lies where only such ones may."""
        files = (self.archive_db, self.crawl_db, self.register_db)
        texts = (self.root / "config.toml", self.root / "exports.toml")
        own = (*files, *texts, self.warc, self.sites, self.log)
        return any(path.resolve().is_relative_to(each.resolve()) for each in own)

    def ensure(self) -> None:
        """Make the folders. Raises UsageError where that is not allowed."""
        try:
            for folder in (self.root, self.warc, self.sites):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"{self.root}: cannot be made a holdings folder ({error.strerror}); "
                "name another with -C"
            ) from error

    def expect_archive(self) -> None:
        """Raise UnionArchiveError where there is no archive, for what must not make one."""
        if not self.archive_db.is_file():
            raise UnionArchiveError(
                f"{self.archive_db}: no archive here yet; `union-archive crawl` or `ingest` makes"
                " one, -C names another"
            )

    def contact(self) -> str | None:
        """The owner's address for the User-Agent, from config.toml; None where none is set."""
        return self._setting("contact", "an address as text")

    def replay(self) -> str | None:
        """The address at which readers reach `union-archive replay`, ending in /; None if unset.

        Raises UsageError where config.toml has something else.
        """
        return self._web_address("replay", "http://127.0.0.1:8002/")

    def address(self) -> str:
        """The address at which readers reach the archive, ending in /; permalinks begin so.

        Raises UsageError where config.toml has something else.
        """
        return self._web_address("address", SERVED) or SERVED

    def _web_address(self, name: str, such_as: str) -> str | None:
        """Read an address of config.toml, ending in /. Raises UsageError."""
        address = self._setting(name, f"an address such as {such_as}")
        if address is None:
            return None
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise self._wrong(name, address, f"an address such as {such_as}")
        return address.rstrip("/") + "/"

    def notify(self) -> list[str] | None:
        """The command that tells the owner of an illness, as a list; None where none is set.

        Raises UsageError where config.toml has something else.
        """
        value = self._value("notify")
        words = value if isinstance(value, list) else [value]
        if value is not None and not (words and all(isinstance(w, str) and w for w in words)):
            raise self._wrong("notify", value, 'a list such as ["mail", "-s", "Crawls", "me"]')
        return None if value is None else words

    def chosen(self) -> list[str]:
        """The sites of the catalogue that a crawl without names visits too; ids, in order.

        Raises UsageError where config.toml has something else.
        """
        value = self._value("sites")
        ids = value if isinstance(value, list) else [value]
        if value is not None and not all(isinstance(one, str) and one for one in ids):
            raise self._wrong("sites", value, 'a list such as ["workercn", "labornotes"]')
        return [] if value is None else ids

    def _setting(self, name: str, expected: str) -> str | None:
        """Read one line of text of config.toml. Raises UsageError."""
        value = self._value(name)
        if value is not None and not isinstance(value, str):
            raise self._wrong(name, value, expected)
        return value

    def _value(self, name: str) -> Any:  # noqa: ANN401 - whatever TOML can hold
        path = self.root / "config.toml"
        if not path.exists():
            return None
        try:
            said = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: not TOML: {error}") from error
        for key in said.keys() - KEYS:
            raise UsageError(f"{path}: got an unknown key {key!r}, expected {', '.join(KEYS)}")
        return said.get(name)

    def _wrong(self, name: str, value: object, expected: str) -> UsageError:
        path = self.root / "config.toml"
        return UsageError(f"{path}: {name}: got {value!r}, expected {expected}")
