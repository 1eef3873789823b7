"""The README says what is there, all of it, and nothing else."""

import re
import shlex
import tomllib
from collections.abc import Iterator

import click
import pytest
from loopback import ROOT

from archive.records import NO_ARTICLE
from archive.web.words import FLAGS
from crawler.cli import union_archive
from crawler.site import Site
from crawler.sitefile.loading import TABLES

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REFERENCE = README.partition("<!-- commands -->")[2].partition("<!-- /commands -->")[0]
EXAMPLES = re.findall(r"union-archive [^\n`]*", README.replace(REFERENCE, ""))


def table(head: str, text: str = README) -> list[str]:
    """The first cells of the table below that head."""
    rows = text.partition(f"{head}\n")[2].partition("\n\n")[0].splitlines()[1:]
    return [row.split("|")[1] for row in rows]


def commands(
    group: click.Group, name: str = "union-archive"
) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        assert command
        yield f"{name} {word}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {word}")


def spelled(name: str, command: click.Command) -> str:
    """A command without the words that stand for values: its arguments, and its options' names."""
    words = [name]
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            words.append(parameter.make_metavar(click.Context(command)))
        else:
            words.append(f"[{parameter.opts[-1]}]")
    return " ".join(words)


def test_the_reference_has_every_command_and_option_and_no_other() -> None:
    written = [line.strip() for line in REFERENCE.strip().splitlines()]
    known = dict(commands(union_archive))
    got = sorted(re.sub(r"\[(--[\w-]+) [A-Z]+\]", r"[\1]", line) for line in written)
    assert got == sorted(spelled(name, command) for name, command in known.items())
    for line in written:  # options with a value have a word for it, the others have none
        name = max((name for name in known if line.startswith(name)), key=len)
        for option in known[name].params:
            if isinstance(option, click.Option):
                assert option.is_flag == (f"[{option.opts[-1]}]" in line), line


@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_can_be_typed(line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    if words[0] == "-C":
        words = words[2:]
    known = dict(commands(union_archive))
    count = 2 if " ".join(["union-archive", *words[:2]]) in known else 1
    command = known[" ".join(["union-archive", *words[:count]])]
    command.make_context(words[0], words[count:])  # complains of what the command has not


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 10


def test_every_key_of_a_site_file_is_told_and_no_other() -> None:
    told = {name for row in table("| key | |") for name in re.findall(r"`([\w.]+)`", row)}
    known = {
        f"{name}.{key}".lstrip(".") for name, model in TABLES.items() for key in model.model_fields
    }
    assert told == known - {"id", "assertions"}


def test_the_site_file_shown_is_a_site_file() -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    assert Site.model_validate({"id": "shuofang", **tomllib.loads(shown)}).sources


def test_flags_of_articles_are_told() -> None:
    told = {name for row in table("| flag | the page |") for name in re.findall(r"`(\w+)`", row)}
    assert told == FLAGS.keys() - NO_ARTICLE


def test_each_dependency_has_its_reason() -> None:
    _, _, rest = README.partition("What it depends on")
    told = {name for row in table("| | |", rest) for name in re.findall(r"[\w-]+", row)}
    extras = PROJECT["optional-dependencies"]
    names = ("replay", "export", "notebook", "attachments", "browser", "cluster")
    needed = [*PROJECT["dependencies"], *(each for name in names for each in extras[name])]
    assert told == {re.split(r"[^\w-]", name)[0] for name in needed}


def test_what_is_linked_or_named_is_there() -> None:
    headings = {
        f"#{head.lower().replace(' ', '-')}" for head in re.findall(r"(?m)^#+ (.*)$", README)
    }
    for target in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert target in headings or (ROOT / target).is_file(), target
    for path in re.findall(r"`((?:crawler|archive|tests|\.ci)/[^`]*)`", README):
        assert list(ROOT.glob(path.rstrip("/"))), path
