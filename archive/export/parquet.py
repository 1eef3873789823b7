"""Parquet: typed columns with their descriptions, for pandas, DuckDB, R and Arrow."""

from collections.abc import Iterable
from itertools import islice
from typing import IO, Any

from archive.export.columns import Column, columns
from archive.export.extra import needed
from archive.export.format import About, Format
from archive.export.wanted import Row

GROUP = 2000
"""Rows of a row group; so many are held at once."""

_FEW = ["site", "site_name", "site_kind", "region", "language", "script", "section", "source"]
"""Columns with few values, which are written once in each group."""


def write(rows: Iterable[Row], file: IO[bytes], about: About) -> None:
    """Write row groups as rows come; each field has its description as metadata."""
    arrow, parquet = needed("pyarrow", "parquet"), needed("pyarrow.parquet", "parquet")
    heads = columns(removals=about.wanted.removals)
    schema = arrow.schema([_field(arrow, column) for column in heads])
    with parquet.ParquetWriter(
        file, schema, compression="zstd", compression_level=1, use_dictionary=_FEW
    ) as out:
        left = iter(rows)
        while group := list(islice(left, GROUP)):
            arrays = [
                _array(arrow, c, field.type, group) for c, field in zip(heads, schema, strict=True)
            ]
            out.write_table(arrow.Table.from_arrays(arrays, schema=schema))


def _field(arrow: Any, column: Column) -> Any:  # noqa: ANN401 - pyarrow is imported late
    text = arrow.string()
    kinds = {
        "text": text,
        "integer": arrow.int32(),
        "day": arrow.date32(),
        "moment": arrow.timestamp("us", tz="UTC"),
        "names": arrow.list_(text),
        "objects": arrow.list_(
            arrow.struct([(n, arrow.int32() if n == "position" else text) for n in column.fields])
        ),
    }
    return arrow.field(
        column.name, kinds[column.kind], metadata={"description": column.description}
    )


def _array(arrow: Any, column: Column, kind: Any, group: list[Row]) -> Any:  # noqa: ANN401
    """Give a column of some rows; days and moments are read by Arrow, which is quick."""
    values = [row[column.name] for row in group]
    if column.kind in ("day", "moment"):
        return arrow.array(values, arrow.string()).cast(kind)
    return arrow.array(values, kind)


FORMAT = Format(
    "parquet",
    (".parquet",),
    "Parquet",
    "typed columns for pandas, DuckDB and R",
    "application/vnd.apache.parquet",
    write,
    needs="pyarrow",
)
