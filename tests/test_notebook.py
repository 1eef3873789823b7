"""The example for researchers runs, and says what it says in the repository."""

import json
from pathlib import Path
from typing import Any

import nbformat
from conftest import Demo
from loopback import union_archive
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[1] / "archive" / "export" / "example.ipynb"


def said(notebook: Any) -> list[str]:
    """What the cells with code show, as text."""
    return [
        json.dumps([each.get("text") or each["data"]["text/plain"] for each in cell.outputs])
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def test_the_example_says_today_what_it_said(demo: Demo, tmp_path: Path) -> None:
    done = union_archive(demo.holdings, "export", str(tmp_path / "articles.parquet"))
    assert done.returncode == 0, done.stderr
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    before = said(notebook)
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=where).execute()
    assert all(before), "run the notebook and save it with its outputs"
    assert said(notebook) == before
    edges = (tmp_path / "reprints.csv").read_text(encoding="utf-8").splitlines()
    assert edges[0] == "Source,Target,kind,Weight"
    assert len(edges) > 1
