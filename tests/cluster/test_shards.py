import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storing import s3, store

from archive.errors import UnionArchiveError
from crawler.cluster.manifest import Manifest, Uploader, fetch, newest
from crawler.cluster.store import Store, name_of

__all__ = ["s3", "store"]
Mine = Callable[[], bool]


def yes() -> bool:
    return True


def manifest(uploader: Uploader, folder: Path, *, finished: bool = False) -> Manifest:
    paths = {"archive.db": False} | {f"warc/{p.name}": True for p in folder.glob("warc/*")}
    files = uploader.upload(folder, paths)
    made = Manifest("t", "000001", finished, None, "", "w", {}, {"captures": 1}, files)
    uploader.publish(made, yes)
    return made


def test_a_file_is_made_once_and_read_back(store: Store) -> None:
    made = store.make(lease=3)
    assert store.make(lease=99) == made == Store.at(store.url).about()
    assert store.create("a/b", b"1")
    assert not store.create("a/b", b"2")
    assert store.read("a/b") == b"1"
    store.write("a/b", b"3")
    assert store.read("a/b") == b"3"
    store.write("a/c", b"")
    assert store.names("a") == ["b", "c"]
    store.remove("a/b")
    store.remove("a/b")
    assert store.read("a/b") is None
    assert store.names("nowhere") == []


def test_a_checkpoint_adds_what_grew_and_forgets_what_is_old(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "h"
    (folder / "warc").mkdir(parents=True)
    (folder / "archive.db").write_bytes(b"one")
    (folder / "warc" / "a.warc.gz").write_bytes(b"aaaa")
    uploader = Uploader(store, "t", 1, None)
    manifest(uploader, folder)
    (folder / "archive.db").write_bytes(b"two")
    (folder / "warc" / "a.warc.gz").write_bytes(b"aaaabb")
    manifest(uploader, folder)
    assert len(store.names("shards/t/parts")) == 3
    # Another worker goes on without the WARC files of the first.
    (folder / "warc" / "a.warc.gz").rename(folder / "warc" / "b.warc.gz")
    (folder / "warc" / "b.warc.gz").write_bytes(b"c")
    before = newest(store, "t")
    assert before
    last = manifest(Uploader(store, "t", 2, before[1]), folder, finished=True)
    found = newest(store, "t")
    assert found
    assert found[1] == last
    fetch(store, last, list(last.files), tmp_path / "out")
    out = {p.name: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert out == {"archive.db": b"two", "a.warc.gz": b"aaaabb", "b.warc.gz": b"c"}
    # What a worker thought dead writes late is not the newest.
    manifest(Uploader(store, "t", 1, None), folder)
    assert newest(store, "t") == found


@pytest.mark.parametrize("wrong", [b"xyz", None])
def test_a_wrong_part_is_one_line(store: Store, tmp_path: Path, wrong: bytes | None) -> None:
    (tmp_path / "archive.db").write_bytes(b"one")
    made = manifest(Uploader(store, "t", 1, None), tmp_path)
    part = f"shards/t/parts/{made.files['archive.db'].parts[0]}"
    if wrong is None:
        store.remove(part)
    else:
        store.write(part, wrong)
    with pytest.raises(
        UnionArchiveError, match=r"archive\.db: got digest .*, expected .*; nothing"
    ):
        fetch(store, made, ["archive.db"], tmp_path / "out")


@given(st.binary())
@settings(max_examples=50)
def test_a_manifest_of_any_bytes_is_one_line(content: bytes) -> None:
    with pytest.raises(UnionArchiveError, match="damaged manifest"):
        Manifest.of_json(content, "x")


@given(st.text(min_size=1))
@settings(max_examples=50)
def test_any_name_is_one_part_of_a_path(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    name = name_of(text)
    assert "/" not in name
    assert name not in (".", "..")


@pytest.mark.parametrize("url", ["/proc/nowhere", "s3://no-such-bucket/x", "nothing://x"])
@pytest.mark.usefixtures("s3")
def test_a_store_without_rights_is_one_line(url: str) -> None:
    with pytest.raises(UnionArchiveError) as told:
        Store.at(url).make()
    assert url in str(told.value)
    assert "\n" not in str(told.value)


def test_a_full_disk_is_not_filled_by_what_is_no_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    store = Store.at(str(tmp_path))
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UnionArchiveError, match="No space left"):
        store.write("a/b", b"x")
    assert not list((tmp_path / "a").iterdir())


def test_a_folder_is_the_same_wherever_a_worker_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Store.at("shards").url == str(tmp_path / "shards")
    assert Store.at("memory://shards").url == "memory://shards"
