import datetime as dt
import ipaddress
import ssl
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from loopback import LoopbackSite, article, put_site, run
from warcio.archiveiterator import ArchiveIterator

BODY = "十月里,宁河市总工会在纺织厂开办夜校,教职工识图纸、学电工,报名的人坐满了食堂。"
KEYS = "delay = 0\narticle = '^/a/'\nsources = [{list = '/news/'}]"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this machine's, with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = dt.datetime.now(dt.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(
    ("version", "protocol"),
    [(ssl.TLSVersion.TLSv1_3, "tls/1.3"), (ssl.TLSVersion.TLSv1_2, "tls/1.2")],
)
def test_the_record_says_how_the_response_was_secured(
    certificate: Path, tmp_path: Path, version: ssl.TLSVersion, protocol: str
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.minimum_version = context.maximum_version = version
    site = LoopbackSite()
    site.server.socket = context.wrap_socket(site.server.socket, server_side=True)
    site.url = f"https://localhost:{site.server.server_port}"
    with site:
        site.pages["/news/"] = '<a href="/a/1">x</a>'
        site.pages["/a/1"] = article("夜校", *[BODY] * 5)
        put_site(tmp_path, site, KEYS)
        command = (sys.executable, "-m", "crawler.cli", "-C", str(tmp_path), "crawl")
        done = run(*command, SSL_CERT_FILE=str(certificate))
        refused = run(*command)
        told = run(*command[:-1], "status").stdout
    assert "Traceback" not in refused.stderr
    assert "its certificate or encryption is not accepted" in told
    assert done.stdout.startswith("songyuan: 1 new"), done.stderr
    assert refused.returncode == 1  # a certificate that nobody vouches for
    (path,) = (tmp_path / "warc").iterdir()
    with path.open("rb") as file:
        headers = [r.rec_headers.headers for r in ArchiveIterator(file) if r.rec_type == "response"]
    assert len(headers) == 3  # robots.txt, list, article
    for fields in headers:
        assert [v for k, v in fields if k == "WARC-Protocol"] == ["http/1.1", protocol]
        (cipher,) = (v for k, v in fields if k == "WARC-Cipher-Suite")
        assert "AES" in cipher or "CHACHA" in cipher
