"""Prints a Parquet file, read by pyarrow, as text: its columns and its rows."""

import sys

import pyarrow.parquet

table = pyarrow.parquet.read_table(sys.argv[1])
for field in table.schema:
    print(f"{field.name}: {field.type}")
for row in table.to_pylist():
    print({name: str(value) if hasattr(value, "isoformat") else value for name, value in row.items()})
