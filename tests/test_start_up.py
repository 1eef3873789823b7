"""Commands begin quickly because they load nothing that they have no use for."""

import json
import sys
from pathlib import Path

from archived import holdings
from loopback import run

from archive.addresses.urls import article_id
from archive.holdings import Holdings
from archive.register.register import Register

__all__ = ["holdings"]

ID = article_id("http://s.example/1")
HEAVY = ("datasette", "fastwarc", "jinja2", "lxml", "numpy", "pandas", "pydantic", "scrapy")
HEAVY += ("sqlite_utils", "trafilatura", "twisted", "warcio")
USED = {
    "--help": (),
    "crawl --help": (),
    "sites --help": (),
    "schedule --cron": (),
    "search 工会": (),
    f"show {ID}": (),
    "withdraw --list": (),
    "sites list": ("pydantic",),
    "status": ("pydantic",),
    "verify": ("pydantic", "fastwarc"),
    "export OUT.csv": ("pydantic", "fastwarc"),
    "backup OUT": ("pydantic", "fastwarc"),
    f"correct {ID} --note 见报 --reason 更正": ("pydantic", "fastwarc", "numpy"),
    f"withdraw {ID} --reason 作者": ("pydantic", "fastwarc", "numpy"),
}
"""Commands, with those of the heavy modules that are loaded after it; each keeps the last one's."""
SCRIPT = """
import json, sys
from crawler.cli import union_archive
heavy, *commands = json.loads(sys.argv[1])
for command in commands:
    union_archive.main(command.split(), prog_name="union-archive", standalone_mode=False)
    loaded = [name for name in heavy if name in sys.modules]
    print(json.dumps([command, loaded]), file=sys.stderr)
"""


def test_no_command_loads_what_it_has_no_use_for(holdings: Holdings, tmp_path: Path) -> None:
    Register(holdings.register_db).close()  # a first one has its schema made
    said = run(
        *(sys.executable, "-c", SCRIPT, json.dumps([HEAVY, *USED])),
        cwd=tmp_path,
        UNION_ARCHIVE_HOLDINGS=str(holdings.root),
    )
    assert said.returncode == 0, said.stderr
    told = [line for line in said.stderr.splitlines() if line.startswith("[")]
    expected = [[command, sorted(modules)] for command, modules in USED.items()]
    assert [json.loads(line) for line in told] == expected
