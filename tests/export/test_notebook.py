"""The example for researchers runs, and says what it says in the repository."""

import json
import tomllib
from pathlib import Path
from typing import Any

from conftest import Demo, commands_of
from loopback import ROOT, run, union_archive

NOTEBOOK = ROOT / "archive" / "export" / "example.ipynb"
RUN = """
import sys
import nbformat
from nbclient import NotebookClient

notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(
    notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": sys.argv[2]}}
).execute()
nbformat.write(notebook, f"{sys.argv[2]}/run.ipynb")
"""


def said(notebook: Path) -> list[str]:
    """What the cells with code show, as text."""
    cells: list[dict[str, Any]] = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [
        "".join("".join(one.get("text") or one["data"]["text/plain"]) for one in cell["outputs"])
        for cell in cells
        if cell["cell_type"] == "code"
    ]


def test_the_example_says_today_what_it_said(demo: Demo, tmp_path: Path) -> None:
    done = union_archive(demo.holdings, "export", str(tmp_path / "articles.parquet"))
    assert done.returncode == 0, done.stderr
    with (ROOT / "pyproject.toml").open("rb") as file:
        asked = tomllib.load(file)["project"]["optional-dependencies"]["notebook"]
    commands = commands_of("notebook", *asked, "nbclient", "pyarrow")
    done = run(str(commands / "python"), "-c", RUN, str(NOTEBOOK), str(tmp_path))
    assert done.returncode == 0, done.stderr
    before = said(NOTEBOOK)
    assert all(before), "run the notebook and save it with its outputs"
    assert said(tmp_path / "run.ipynb") == before
    edges = (tmp_path / "reprints.csv").read_text(encoding="utf-8").splitlines()
    assert edges[0] == "Source,Target,kind,Weight"
    assert len(edges) > 1
