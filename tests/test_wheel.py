"""What the wheel brings is enough: demo and serve work far from any checkout."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import httpx
import pytest
import web_archive
from loopback import ROOT, rows

pytestmark = pytest.mark.slow


def run(*command: Path | str, cwd: Path = ROOT) -> str:
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the wheel, and with what it depends on from here."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    interpreter = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", interpreter)
    run(*pip, "install", "--no-deps", "--no-index", wheel)
    (packages,) = folder.glob("lib/python*/site-packages")
    # Only the folder itself: the .pth files in it, which lead to this checkout, are not read.
    (packages / "here.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return interpreter


def test_holds_the_packages_and_all_that_they_read(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {
        "archive",
        "crawler",
    }
    tracked = run("git", "ls-files", "archive", "crawler") if (ROOT / ".git").exists() else ""
    assert set(tracked.splitlines()) <= names
    assert "archive/web/datasette_metadata.json" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


@pytest.mark.usefixtures("alone")
def test_demo_and_both_servers_work_from_it(python: Path, tmp_path: Path) -> None:
    run(python.parent / "union-archive", "demo", "--no-serve", cwd=tmp_path)
    holdings = tmp_path / "demo-holdings"
    assert rows(holdings, "SELECT count(*) > 50 FROM articles") == [(1,)]
    asked = "from archive.web import server; print(server.__file__)"
    metadata = Path(run(python, "-c", asked, cwd=tmp_path).strip()).parent
    assert metadata.is_relative_to(python.parents[1])
    for kind in web_archive.SERVERS:
        copy = metadata / "datasette_metadata.json"
        with web_archive.serving(kind, holdings, python, copy) as address:
            home = httpx.get(f"{address}/")
            assert "articles from 6 union and news sites" in home.text
            found = httpx.get(f"{address}/search", params={"q": "工會"})
            assert found.status_code == 200
            assert "<mark>工会</mark>" in found.text
