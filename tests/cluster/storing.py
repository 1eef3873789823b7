"""Stores to test with: a folder, and an S3 server of moto on loopback."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.cluster.store import Store

SECRETS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of an S3 server with a bucket `shards`; the environment leads to it."""
    server = pytest.importorskip("moto.server", reason="moto is not installed")
    import fsspec

    threaded = server.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    threaded.start()
    host, port = threaded.get_host_and_port()
    address = f"http://{host}:{port}"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**SECRETS, "AWS_ENDPOINT_URL": address}.items():
            patch.setenv(name, value)
        fsspec.get_filesystem_class("s3").clear_instance_cache()  # it leads to an earlier server
        fsspec.filesystem("s3").makedirs("shards", exist_ok=True)
        yield address
    threaded.stop()


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return Store.at(str(tmp_path / "store"))
    request.getfixturevalue("s3")
    return Store.at(f"s3://shards/{os.urandom(4).hex()}")
