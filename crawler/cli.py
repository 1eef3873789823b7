"""`union-archive`: the front door. It loads a command's module only when that command is run."""

import importlib
import os
import pkgutil
import sqlite3
import sys
from pathlib import Path
from typing import NoReturn

import click

from archive.errors import LockedError, UnionArchiveError
from archive.holdings import Holdings
from archive.version import version
from crawler import commands

HOLDINGS_VARIABLE = "UNION_ARCHIVE_HOLDINGS"
DEFAULT_HOLDINGS = "holdings"


class Commands(click.Group):
    """Every module in crawler/commands is a command; its module is imported when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """List the commands' names, in order."""
        return sorted(module.name for module in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name; None where there is none."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{commands.__name__}.{cmd_name}")
        command: click.Command = module.command
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C",
    "--holdings",
    envvar=HOLDINGS_VARIABLE,
    default=DEFAULT_HOLDINGS,
    show_default=True,
    show_envvar=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that the archive lives in.",
)
@click.version_option(version(), prog_name="union-archive")
@click.pass_context
def union_archive(ctx: click.Context, holdings: Path) -> None:
    """Crawl union and news sites, and search, read and export what was found."""
    ctx.obj = Holdings(holdings)


def main() -> None:
    """Run the command line; print an error as one line and exit with its code."""
    try:
        code = union_archive.main(prog_name="union-archive", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f"; see {context.command_path} --help" if context else ""
        _fail(error.format_message().rstrip(".") + hint, error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _fail("stopped", 1)
    except UnionArchiveError as error:
        _fail(str(error), error.exit_code)
    except sqlite3.Error as error:
        _fail(*_about_sqlite(error))
    except BrokenPipeError:
        # The reader of a pipe went away, as `head` does; Python would complain at exit again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        _fail(f"{error.filename or 'the system'}: {error.strerror or error}", 1)
    sys.exit(code if isinstance(code, int) else 0)


def _about_sqlite(error: sqlite3.Error) -> tuple[str, int]:
    if "locked" in str(error) or "busy" in str(error):
        return "somebody else is writing to this archive; try again later", LockedError.exit_code
    return f"the archive could not be read or written: {error}", 1


def _fail(message: str, code: int) -> NoReturn:
    click.echo(f"union-archive: {' '.join(message.split())}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
