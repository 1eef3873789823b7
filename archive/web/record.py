"""An article as JSON: all that its page shows, and all of what the page has no room for."""

from dataclasses import asdict
from typing import Any

from archive import citation
from archive.citation import Cited
from archive.web.reading import Reading
from archive.web.words import web_link

_CAPTURE = (
    *("record_id", "url", "captured", "status", "content_type", "encoding", "encoding_evidence"),
    *("digest", "warc", "offset", "payload_warc", "payload_offset", "truncated"),
)


def record(reading: Reading, of: Cited, permalink: str, replay: str | None) -> dict[str, Any]:
    """Give the article; `permalink` is its address, `replay` that of its page in the player."""
    row = reading.row
    site = {"id": row["site"], "name": row["site_name"], "home": row["site_home"]}
    capture = reading.capture
    return {
        "id": row["id"],
        "permalink": permalink,
        "version": reading.number,
        "current_version": row["version"],
        "title": reading.title,
        "text": reading.text,
        "published": row["published"],
        "published_rule": row["published_rule"],
        "authors": list(reading.authors),
        **{name: row[name] for name in ("source", "editor", "section", "language", "script")},
        "site": site if row["site"] else None,
        "url": row["url"],
        "aliases": list(reading.aliases),
        "replay": replay,
        "first_captured": row["first_captured"],
        "last_captured": row["last_captured"],
        "last_found": reading.found,
        "status": asdict(reading.lost[1]) if reading.lost else None,
        "flags": [
            {"name": flag.name, "score": flag.score, "evidence": flag.evidence}
            for flag in reading.flags
        ],
        "corrections": [asdict(correction) for correction in reading.corrections],
        "removals": [asdict(removal) for removal in reading.removals],
        "attachments": [file._asdict() for file in reading.files],
        "versions": _versions(reading, permalink),
        "reprints": [
            asdict(shown.sibling)
            for shown in reading.siblings
            if shown.sibling.article != row["id"]
        ],
        "capture": {name: capture.get(name) for name in _CAPTURE} if capture else None,
        "citations": {
            "gb_t_7714": citation.gb_t_7714(of),
            "chicago": citation.chicago(of),
            "csl": citation.csl(of),
        },
    }


def _versions(reading: Reading, permalink: str) -> list[dict[str, Any]]:
    return [
        {
            "number": version.number,
            "captured": version.captured,
            "cleaner": version.cleaner,
            "permalink": f"{permalink}?version={version.number}",
        }
        for version in reading.past.versions
    ]


def replay_link(player: str | None, capture: dict[str, Any] | None) -> str | None:
    """Give the address of a capture in the player; None where there is none to play."""
    if player is None or capture is None or not web_link(capture["url"]):
        return None
    moment = "".join(sign for sign in capture["captured"][:19] if sign.isdigit())
    return f"{player}archive/{moment}/{capture['url']}"
