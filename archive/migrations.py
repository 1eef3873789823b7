"""The schema of archive.db, one migration a step; never edit one that has been released."""

import sqlite3

from archive.schema import Schema
from archive.search.keys import put_in_order

migrations = Schema("union-archive")


def _run(db: sqlite3.Connection, script: str) -> None:
    """Run statements one by one: sqlite3's executescript would end the migration's transaction."""
    for statement in script.split(";\n"):
        if statement.strip():
            db.execute(statement)


FIRST_SCHEMA = """
CREATE TABLE sites (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    home TEXT NOT NULL,
    kind TEXT,
    language TEXT,
    region TEXT,
    timezone TEXT
) STRICT;

CREATE TABLE articles (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    published TEXT,
    site TEXT REFERENCES sites(id),
    source TEXT,
    authors TEXT NOT NULL DEFAULT '[]',
    editor TEXT,
    section TEXT,
    text TEXT NOT NULL,
    url TEXT NOT NULL,
    published_rule TEXT,
    language TEXT,
    script TEXT,
    images TEXT NOT NULL DEFAULT '[]',
    flags TEXT NOT NULL DEFAULT '[]',
    version INTEGER NOT NULL,
    capture TEXT NOT NULL REFERENCES captures(record_id) DEFERRABLE INITIALLY DEFERRED,
    first_captured TEXT NOT NULL,
    last_captured TEXT NOT NULL,
    fts_pk INTEGER NOT NULL UNIQUE
) STRICT;
CREATE INDEX articles_site ON articles(site, fts_pk);
CREATE INDEX articles_published ON articles(published);
CREATE INDEX articles_source ON articles(source);
CREATE INDEX articles_capture ON articles(capture);

CREATE TABLE captures (
    record_id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    captured TEXT NOT NULL,
    status INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    evidence TEXT,
    content_type TEXT NOT NULL,
    encoding TEXT,
    encoding_evidence TEXT,
    digest TEXT NOT NULL,
    warc TEXT NOT NULL,
    offset INTEGER NOT NULL,
    location TEXT,
    site TEXT REFERENCES sites(id),
    article TEXT REFERENCES articles(id)
) STRICT;
CREATE INDEX captures_article ON captures(article, captured);
CREATE INDEX captures_url ON captures(url, captured);
CREATE INDEX captures_site ON captures(site, captured);

-- The current version's text is the article's own; only superseded texts are kept here.
CREATE TABLE versions (
    article TEXT NOT NULL REFERENCES articles(id),
    number INTEGER NOT NULL,
    captured TEXT NOT NULL,
    capture TEXT NOT NULL REFERENCES captures(record_id) DEFERRABLE INITIALLY DEFERRED,
    cleaner TEXT NOT NULL,
    title TEXT,
    text TEXT,
    PRIMARY KEY (article, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX versions_capture ON versions(capture);

CREATE TABLE removals (
    article TEXT NOT NULL REFERENCES articles(id),
    number INTEGER NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    rule TEXT NOT NULL,
    text TEXT NOT NULL,
    replacement TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (article, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE flags (
    article TEXT NOT NULL REFERENCES articles(id),
    name TEXT NOT NULL,
    score INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    PRIMARY KEY (article, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX flags_name ON flags(name);

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL REFERENCES sites(id),
    started TEXT NOT NULL,
    finished TEXT,
    outcome TEXT,
    requests INTEGER NOT NULL DEFAULT 0,
    captures INTEGER NOT NULL DEFAULT 0,
    new INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    errors INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX runs_site ON runs(site, started);

-- Fed by archive.search.index with segmented text; the comment makes Datasette hide the table.
CREATE VIRTUAL TABLE articles_fts USING fts5(
    title, text, author, source, editor, section,
    content='', tokenize='unicode61 remove_diacritics 2' /* content="articles" */
);
"""


@migrations.step
def first_schema(db: sqlite3.Connection) -> None:
    """Sites, articles with their versions, captures, removals, flags, runs and the index."""
    _run(db, FIRST_SCHEMA)


@migrations.step
def revisits_and_fixity(db: sqlite3.Connection) -> None:
    """Where a revisit's payload lies, why a payload is not whole, and what WARC files were."""
    for column in ("payload_warc TEXT", "payload_offset INTEGER", "truncated TEXT"):
        db.execute(f"ALTER TABLE captures ADD COLUMN {column}")
    db.execute(
        "CREATE INDEX captures_digest ON captures(digest)"
        " WHERE payload_warc IS NULL AND truncated IS NULL"
    )
    db.execute("CREATE INDEX captures_place ON captures(warc, offset)")
    db.execute(
        "CREATE TABLE warcs (name TEXT PRIMARY KEY, size INTEGER NOT NULL, sha256 TEXT NOT NULL,"
        " checksums BLOB NOT NULL, measured TEXT NOT NULL) STRICT"
    )


DECISIONS = """
-- Articles that were withdrawn: their texts and the reasons are in register.db.
CREATE TABLE withdrawn (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What was set by hand, as register.db has it, beside what was read; values are JSON.
CREATE TABLE corrections (
    article TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    read TEXT,
    read_rule TEXT,
    reason TEXT NOT NULL,
    by TEXT,
    at TEXT NOT NULL,
    PRIMARY KEY (article, field)
) STRICT, WITHOUT ROWID;
"""


@migrations.step
def decisions(db: sqlite3.Connection) -> None:
    """What the register says of articles: withdrawn, corrected."""
    _run(db, DECISIONS)


REPRINTS = """
-- A cluster is named by its least article; kind and likeness (in per cent) compare with the
-- measure: the likely origin, or the least article where all are machines' copies.
CREATE TABLE reprints (
    article TEXT PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,
    cluster TEXT NOT NULL,
    measure TEXT NOT NULL,
    kind TEXT NOT NULL,
    likeness INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX reprints_cluster ON reprints(cluster);

-- A key is the number of a band above a hash of 42 bits; article is its fts_pk.
CREATE TABLE reprint_keys (
    key INTEGER NOT NULL,
    article INTEGER NOT NULL,
    PRIMARY KEY (key, article)
) STRICT, WITHOUT ROWID;
"""


@migrations.step
def reprints(db: sqlite3.Connection) -> None:
    """Which articles are reprints of each other, and the keys they are found by."""
    from archive.reprints import finding as finder  # noqa: PLC0415 - numpy waits until it is needed

    _run(db, REPRINTS)
    if db.execute("SELECT 1 FROM articles LIMIT 1").fetchone():
        finder.rebuild(db)


@migrations.step
def credits_of_articles(db: sqlite3.Connection) -> None:
    """Who had a hand in an article, with what the page calls it; a list of objects as JSON."""
    db.execute("ALTER TABLE articles ADD COLUMN credits TEXT NOT NULL DEFAULT '[]'")


MARKS = """
DROP TABLE articles_fts;

-- Fed by archive.search.index with segmented text and the marks of archive.search.marks; the
-- comment makes Datasette hide the table. The raised version of the segmenter fills it again.
CREATE VIRTUAL TABLE articles_fts USING fts5(
    title, text, author, source, editor, section, marks,
    content='', tokenize='unicode61 remove_diacritics 2' /* content="articles" */
);

-- Whatever writes to the index without our functions fails, instead of writing nonsense.
CREATE TRIGGER articles_fts_in BEFORE INSERT ON articles_fts_docsize
BEGIN SELECT zh_seg(''); END;
CREATE TRIGGER articles_fts_out BEFORE DELETE ON articles_fts_docsize
BEGIN SELECT zh_seg(''); END;

-- What the filters of the search page count, read without the texts.
CREATE INDEX articles_card ON articles(fts_pk, site, language, source, flags);

-- It is as good a way to an article as fts_pk's own index, and the facets of tables need no more:
-- without being told so, SQLite would read the articles with their texts, four times as slowly.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1(tbl, idx, stat) VALUES ('articles', 'articles_card', '1000000 1 1 1 1 1');
"""


@migrations.step
def marks(db: sqlite3.Connection) -> None:
    """Site, language, flags and day are found by the index too."""
    _run(db, MARKS)


HISTORIES = """
-- Which address a capture was at: an id, of an article or not.
ALTER TABLE captures ADD COLUMN address TEXT;
-- What the page was read as, where the outcome says what that came to: emptied, hijacked.
ALTER TABLE captures ADD COLUMN read_as TEXT;
-- The name of what was read; captures that read alike have one.
ALTER TABLE captures ADD COLUMN reading TEXT;
-- What a page without any text calls itself.
ALTER TABLE captures ADD COLUMN title TEXT;
ALTER TABLE captures ADD COLUMN cleaner TEXT;
CREATE INDEX captures_unclaimed ON captures(address) WHERE article IS NULL;

-- Readings of articles other than the shown one, whole, as JSON; the capture is the newest.
CREATE TABLE readings (
    article TEXT NOT NULL REFERENCES articles(id),
    name TEXT NOT NULL,
    captured TEXT NOT NULL,
    capture TEXT NOT NULL REFERENCES captures(record_id) DEFERRABLE INITIALLY DEFERRED,
    content TEXT NOT NULL,
    PRIMARY KEY (article, name)
) STRICT;
CREATE INDEX readings_capture ON readings(capture);

-- All addresses of articles; the id of each finds the article. The shape is that of its twins.
CREATE TABLE addresses (
    id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    article TEXT NOT NULL REFERENCES articles(id),
    shape TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_article ON addresses(article);
CREATE INDEX addresses_shape ON addresses(shape) WHERE shape IS NOT NULL;

-- What became of the page, once a second look has confirmed it and while it lasts.
ALTER TABLE articles ADD COLUMN status TEXT;
CREATE INDEX articles_status ON articles(status) WHERE status IS NOT NULL;
-- What the site file says of addresses, as JSON.
ALTER TABLE sites ADD COLUMN addresses TEXT;
-- Each address of a withdrawn article has a row; article is the one that was withdrawn.
ALTER TABLE withdrawn ADD COLUMN article TEXT;
ALTER TABLE withdrawn ADD COLUMN shape TEXT;
"""


@migrations.step
def histories(db: sqlite3.Connection) -> None:
    """What was read from each capture, and all addresses of an article."""
    _run(db, HISTORIES)
    if db.execute("SELECT 1 FROM captures LIMIT 1").fetchone():
        from archive.backfill import fill  # noqa: PLC0415 - only an older archive needs it

        fill(db)


@migrations.step
def assertions(db: sqlite3.Connection) -> None:
    """How many articles a site's file asserts."""
    _run(db, "ALTER TABLE sites ADD COLUMN min_articles INTEGER;")


@migrations.step
def answers(db: sqlite3.Connection) -> None:
    """What runs were answered, how much it was, and by what code."""
    _run(
        db,
        "ALTER TABLE runs ADD COLUMN bytes INTEGER;\n"
        "-- How often each status, flag and failure came, as JSON.\n"
        "ALTER TABLE runs ADD COLUMN answers TEXT;\n"
        "ALTER TABLE runs ADD COLUMN why TEXT;\n"
        "ALTER TABLE runs ADD COLUMN cleaner TEXT;",
    )


CHANGES = """
-- When each article last became what it is, by this machine's clock, for those who harvest what
-- has changed; one that left stays, with gone = 1. Triggers keep it, whoever writes.
CREATE TABLE changes (
    article TEXT PRIMARY KEY,
    at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
    site TEXT,
    gone INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX changes_at ON changes(at, article);
CREATE INDEX changes_site ON changes(site, at, article);
INSERT INTO changes(article, site) SELECT id, site FROM articles;
INSERT INTO changes(article, gone) SELECT DISTINCT coalesce(article, id), 1 FROM withdrawn
    WHERE true ON CONFLICT DO NOTHING;

CREATE TRIGGER changes_new AFTER INSERT ON articles
BEGIN INSERT INTO changes(article, site) VALUES (NEW.id, NEW.site) ON CONFLICT(article)
    DO UPDATE SET at = excluded.at, site = excluded.site, gone = 0; END;
CREATE TRIGGER changes_other AFTER UPDATE OF
    title, text, published, authors, source, section, site, url, language, version ON articles
WHEN (NEW.title, NEW.text, NEW.published, NEW.authors, NEW.source, NEW.section, NEW.site, NEW.url,
    NEW.language, NEW.version) IS NOT (OLD.title, OLD.text, OLD.published, OLD.authors, OLD.source,
    OLD.section, OLD.site, OLD.url, OLD.language, OLD.version)
BEGIN UPDATE changes SET at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), site = NEW.site
    WHERE article = NEW.id; END;
CREATE TRIGGER changes_gone AFTER DELETE ON articles
BEGIN UPDATE changes SET at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), gone = 1
    WHERE article = OLD.id; END;
-- In an archive that was rebuilt what is withdrawn was never an article.
CREATE TRIGGER changes_withdrawn AFTER INSERT ON withdrawn WHEN NEW.article = NEW.id
BEGIN INSERT INTO changes(article, gone) VALUES (NEW.id, 1) ON CONFLICT(article)
    DO UPDATE SET at = excluded.at, gone = 1; END;
CREATE TRIGGER changes_site_named AFTER UPDATE OF name, kind ON sites
WHEN (NEW.name, NEW.kind) IS NOT (OLD.name, OLD.kind)
BEGIN UPDATE changes SET at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now')
    WHERE site = NEW.id AND NOT gone; END;
"""


@migrations.step
def changes(db: sqlite3.Connection) -> None:
    """When each article last changed or left."""
    _run(db, CHANGES)


ATTACHMENTS = """
-- Files that articles lead to, with the newest capture that is a document; both are NULL while
-- there is none. The rows follow from the shown reading and the captures.
CREATE TABLE attachments (
    article TEXT NOT NULL REFERENCES articles(id),
    number INTEGER NOT NULL,
    url TEXT NOT NULL,
    name TEXT NOT NULL,
    capture TEXT REFERENCES captures(record_id) DEFERRABLE INITIALLY DEFERRED,
    document TEXT REFERENCES documents(digest) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (article, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachments_url ON attachments(url);
CREATE INDEX attachments_capture ON attachments(capture);
CREATE INDEX attachments_document ON attachments(document);

-- What was read of files, by the digests of their captures.
CREATE TABLE documents (
    digest TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    size INTEGER NOT NULL,
    text TEXT NOT NULL,
    why TEXT
) STRICT;
CREATE INDEX captures_documents ON captures(digest) WHERE outcome = 'attachment';
CREATE INDEX captures_location ON captures(location) WHERE location IS NOT NULL;

DROP TABLE articles_fts;

-- As it was, with the texts of attached files; the raised version of the segmenter fills it again.
CREATE VIRTUAL TABLE articles_fts USING fts5(
    title, text, author, source, editor, section, attachment, marks,
    content='', tokenize='unicode61 remove_diacritics 2' /* content="articles" */
);
CREATE TRIGGER articles_fts_in BEFORE INSERT ON articles_fts_docsize
BEGIN SELECT zh_seg(''); END;
CREATE TRIGGER articles_fts_out BEFORE DELETE ON articles_fts_docsize
BEGIN SELECT zh_seg(''); END;
"""


@migrations.step
def attachments(db: sqlite3.Connection) -> None:
    """Files that articles lead to, found by the index too."""
    _run(db, ATTACHMENTS)


FORMER_IDS = """
-- Ids that rules of a site file made which say something else today. Each leads to the article of
-- an address as it is written, by the id of that.
CREATE TABLE former_ids (
    id TEXT NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (id, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX former_ids_address ON former_ids(address);
"""


@migrations.step
def former_ids(db: sqlite3.Connection) -> None:
    """Ids by rules of before."""
    _run(db, FORMER_IDS)


@migrations.step
def keys_in_order(db: sqlite3.Connection) -> None:
    """Articles of one day in the order of their ids; the raised version builds the index anew."""
    put_in_order(db)
