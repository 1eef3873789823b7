"""`union-archive schedule`: have the machine's own timer run `crawl --due`."""

import shlex
import sys
from pathlib import Path

import click

from archive.errors import UnionArchiveError, UsageError
from archive.holdings import Holdings

NAME = "union-archive"
USER_UNITS = "~/.config/systemd/user"
SERVICE = """\
[Unit]
Description=Union Archive: crawl what is due
Documentation=man:systemd.timer(5)
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart={command}
# Another crawl is at work: the next turn will do.
SuccessExitStatus=75
Nice=10
NoNewPrivileges=yes
PrivateTmp=yes
"""
TIMER = """\
[Unit]
Description=Union Archive: every quarter of an hour

[Timer]
OnCalendar=*:0/15
RandomizedDelaySec=300
# What was missed while the machine slept is made up for, once.
Persistent=true

[Install]
WantedBy=timers.target
"""
CRON = "*/15 * * * * {command}\n"


@click.command()
@click.option(
    "--systemd",
    is_flag=False,
    flag_value=USER_UNITS,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help=f"Write a service and a timer to DIR, {USER_UNITS} unless it is given.",
)
@click.option("--cron", is_flag=True, help="Print a line for crontab.")
@click.pass_obj
def command(holdings: Holdings, *, systemd: Path | None, cron: bool) -> None:
    """Have `crawl --due` run every quarter of an hour.

    It is done at once where nothing is due; how often a site is asked is decided by the site.
    """
    if cron == (systemd is not None):
        raise UsageError("got both or none of --systemd DIR and --cron, expected one of them")
    whole = [sys.executable, "-m", "crawler.cli", "-C", str(holdings.root.resolve()), "crawl"]
    line = shlex.join([*whole, "--due"])
    line = line.replace("%", "\\%") if cron else line.replace("%", "%%").replace("$", "$$")
    if systemd is None:
        click.echo(CRON.format(command=line), nl=False)
        return
    systemd = systemd.expanduser()
    try:
        systemd.mkdir(parents=True, exist_ok=True)
        (systemd / f"{NAME}.service").write_text(SERVICE.format(command=line), encoding="utf-8")
        (systemd / f"{NAME}.timer").write_text(TIMER, encoding="utf-8")
    except OSError as error:
        raise UnionArchiveError(f"{systemd}: cannot be written ({error.strerror})") from error
    click.echo(f"{systemd}: {NAME}.service and {NAME}.timer; now run:")
    click.echo(f"  systemctl --user daemon-reload && systemctl --user enable --now {NAME}.timer")
