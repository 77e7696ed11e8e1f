"""Writes the files of this folder with pyarrow: one list in every way that writers have, and what it says as text."""

import datetime as dt
import decimal
import pathlib
import sys
import uuid

import pyarrow as pa
import pyarrow.parquet as pq

here = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
here = here if here.is_dir() else here.parent
ROWS = 120


def sometimes(i, value):
    return None if i % 7 == 3 else value


moment = dt.datetime(2026, 3, 1, 9, 26, 53, 589793)
columns = {
    "text": (pa.string(), [sometimes(i, f"Jürgen {i % 50}") for i in range(ROWS)]),
    "alike": (pa.string(), [sometimes(i, f"usr_{i:06d}@example.test") for i in range(ROWS)]),
    "large": (pa.large_string(), [f"{i}" * (i % 4) for i in range(ROWS)]),
    "flag": (pa.bool_(), [sometimes(i, i % 3 == 0) for i in range(ROWS)]),
    "tiny": (pa.int8(), [sometimes(i, i % 200 - 100) for i in range(ROWS)]),
    "int": (pa.int64(), [sometimes(i, (-1) ** i * i**7) for i in range(ROWS)]),
    "unsigned": (pa.uint64(), [sometimes(i, 2**64 - 1 - i) for i in range(ROWS)]),
    "float": (pa.float64(), [sometimes(i, i / 4 if i % 5 else float("nan")) for i in range(ROWS)]),
    "single": (pa.float32(), [sometimes(i, i / 4) for i in range(ROWS)]),
    "price": (pa.decimal128(20, 2), [sometimes(i, decimal.Decimal(i - 60) / 100) for i in range(ROWS)]),
    "day": (pa.date32(), [sometimes(i, dt.date(1960, 1, 1) + dt.timedelta(i * 100)) for i in range(ROWS)]),
    "milli": (pa.timestamp("ms", "UTC"), [sometimes(i, dt.datetime(2026, 3, 1, 9, 26, 53, 589000) + dt.timedelta(i)) for i in range(ROWS)]),
    "micro": (pa.timestamp("us"), [sometimes(i, moment - dt.timedelta(days=i * 300)) for i in range(ROWS)]),
    "clock": (pa.time64("us"), [sometimes(i, dt.time(i % 24, 5, 9, i)) for i in range(ROWS)]),
    "tags": (pa.list_(pa.string()), [["a", "b"][: i % 3] for i in range(ROWS)]),
    "role": (
        pa.struct([("type", pa.string()), ("name", pa.string())]),
        [sometimes(i, {"type": "CUSTOM", "name": sometimes(i + 1, f"r{i % 3}")}) for i in range(ROWS)],
    ),
    "never": (pa.null(), [None] * ROWS),
}


def text(kind, v):
    if v is None or v != v:
        return "null"
    if isinstance(v, bool):
        return str(v).lower()
    if isinstance(v, float):
        return f"{v:g}"
    if isinstance(v, decimal.Decimal):
        return f"{v:.2f}"
    if isinstance(v, dt.datetime):
        s = v.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
        return s + ("Z" if kind.tz else "")
    if isinstance(v, dt.time):
        return v.strftime("%H:%M:%S.%f").rstrip("0").rstrip(".")
    return str(v)


def lines():
    names = [n for n in columns if n not in ("tags", "role")]
    at = list(columns).index("role") - 1
    names[at:at] = ["role.type", "role.name"]
    yield "\t".join(names)
    for i in range(ROWS):
        row = []
        for n in names:
            if n.startswith("role."):
                role = columns["role"][1][i]
                row.append(text(None, role and role[n[5:]]))
            else:
                row.append(text(columns[n][0], columns[n][1][i]))
        yield "\t".join(row)


(here / "list.txt").write_text("\n".join(lines()) + "\n")
table = pa.table({n: pa.array(v, t) for n, (t, v) in columns.items()})
delta = {"text": "DELTA_LENGTH_BYTE_ARRAY", "alike": "DELTA_BYTE_ARRAY", "large": "DELTA_BYTE_ARRAY", "tiny": "DELTA_BINARY_PACKED",
         "int": "DELTA_BINARY_PACKED", "unsigned": "DELTA_BINARY_PACKED", "day": "DELTA_BINARY_PACKED", "milli": "DELTA_BINARY_PACKED",
         "micro": "DELTA_BINARY_PACKED", "flag": "RLE", "float": "BYTE_STREAM_SPLIT", "single": "BYTE_STREAM_SPLIT"}
for name, options in {
    "default": {},
    "pages": {"data_page_size": 500, "row_group_size": 50, "compression": "none"},
    "version2": {"data_page_version": "2.0", "compression": "gzip", "data_page_size": 700},
    "delta": {"use_dictionary": False, "column_encoding": delta, "data_page_version": "2.0"},
    "plain": {"use_dictionary": False, "version": "1.0", "row_group_size": 33},
    "zstd": {"compression": "zstd"},
}.items():
    t = table
    if options.get("version") == "1.0":
        t = table.drop_columns(["never"]).append_column("never", pa.array([None] * ROWS, pa.string()))
    pq.write_table(t, here / f"{name}.parquet", **options)
keys = pa.schema([pa.field("id", pa.binary(16), nullable=False), pa.field("n", pa.int32(), nullable=False)])
pq.write_table(pa.table({"id": [uuid.UUID(int=i).bytes for i in range(3)], "n": [-1, 0, 1]}, keys), here / "required.parquet")
pq.write_table(pa.table({"at": pa.array([moment, None], pa.timestamp("ns"))}), here / "int96.parquet", use_deprecated_int96_timestamps=True)
pq.write_table(pa.table({"id": pa.array([], pa.string())}), here / "empty.parquet")
