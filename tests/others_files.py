"""WARC and WACZ files as other crawlers write them."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

from loopback import article
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.warc.naming import payload_digest

BODY = "十月里,宁河市总工会在纺织厂开办夜校,教职工识图纸、学电工,报名的人坐满了食堂。"
URL = "http://www.ninghe.example/a/{}.html"


def warc(*records: tuple[int, str, str], revisit_of: str | None = None) -> bytes:
    """Write records as another crawler would: (page, time, kind)."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    for number, captured, kind in records:
        page = article("夜校开班", *[BODY] * 4).encode()
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        digest = payload_digest(page)
        if kind == "revisit":
            record = writer.create_revisit_record(
                URL.format(number),
                digest,
                revisit_of or URL.format(1),
                "2024-03-01T00:00:00Z",
                http_headers=http,
                warc_headers_dict={"WARC-Date": captured},
            )
        else:
            record = writer.create_warc_record(
                URL.format(number),
                "response",
                payload=io.BytesIO(page),
                http_headers=http,
                warc_headers_dict={"WARC-Date": captured, "WARC-Payload-Digest": digest},
            )
        writer.write_record(record)
    return out.getvalue()


def pack(path: Path, files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    """Write a WACZ file of these."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return path


def described(files: dict[str, bytes]) -> dict[str, bytes]:
    """Add the datapackage.json that tells their digests."""
    resources = [
        {"name": name, "path": name, "hash": f"sha256:{hashlib.sha256(body).hexdigest()}"}
        for name, body in files.items()
    ]
    return {**files, "datapackage.json": json.dumps({"resources": resources}).encode()}


MARCH = warc((1, "2024-03-01T00:00:00Z", "response"), (2, "2024-03-02T00:00:00Z", "revisit"))
