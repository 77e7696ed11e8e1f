"""Prints a Parquet file, read by pyarrow, as text: its columns, and its rows without what is null."""

import json
import sys

import pyarrow.parquet


def there(value):
    if isinstance(value, dict):
        return {name: there(v) for name, v in sorted(value.items()) if v is not None}
    return value if isinstance(value, (str, bool, int, float)) else str(value)


table = pyarrow.parquet.read_table(sys.argv[1])
for field in table.schema:
    print(f"{field.name}: {field.type}")
for row in table.to_pylist():
    print(json.dumps(there(row), ensure_ascii=False))
