"""The table [addresses] of a site file: what its addresses say twice or in vain."""

from typing import Annotated, Self

import regex
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from archive.addresses.rules import GROUP
from archive.records import AddressRules


def _parameter(value: str) -> str:
    if not value or any(c in "=&?#" or c.isspace() for c in value):
        raise ValueError("the name of a parameter, such as from")
    return value


def _rule(value: tuple[str, str]) -> tuple[str, str]:
    pattern, instead = value
    try:
        groups = regex.compile(pattern).groups
    except regex.error as error:
        raise ValueError(f"a regular expression and what stands for it ({error})") from error
    if missing := [n for n in GROUP.findall(instead) if not 0 < int(n) <= groups]:
        raise ValueError(f"${missing[0]} to be a group of the pattern, which has {groups}")
    if not instead.startswith(("/", "$")):
        raise ValueError("a path that begins with / for what the pattern finds")
    return value


Parameter = Annotated[str, AfterValidator(_parameter)]
Rule = Annotated[tuple[str, str], Field(strict=False), AfterValidator(_rule)]


class Addresses(BaseModel):
    """Which addresses of a site are one; what two of them say then makes no difference."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    drop: Annotated[tuple[Parameter, ...], Field(strict=False)] = ()
    """Parameters that select no content."""
    keep: Annotated[tuple[Parameter, ...], Field(strict=False)] = ()
    """The only parameters that do."""
    same: Annotated[tuple[Rule, ...], Field(strict=False)] = ()
    """Pattern of a path with its query, and what stands for it; $1 is the first group."""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.drop and self.keep:
            raise ValueError("got drop and keep, expected one of the two")
        return self

    def record(self) -> AddressRules:
        """Give the rules as the archive has them."""
        return AddressRules(self.drop, self.keep, self.same)
