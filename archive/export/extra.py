"""The libraries that only some formats need, and that come with an extra."""

import importlib
from importlib.util import find_spec
from typing import Any

from archive.errors import UnionArchiveError


def needed(module: str, what: str) -> Any:  # noqa: ANN401 - a module has what it has
    """Import a library of the extra. Raises UnionArchiveError where it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UnionArchiveError(
            f"{what} needs {module}, which is not installed;"
            " `pip install 'union-archive[export]'` brings it"
        ) from error


def there(module: str) -> bool:
    """Tell whether a library is installed."""
    return find_spec(module) is not None
