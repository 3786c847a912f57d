"""`python -m pipelines.ingest.workbook_reader FILE MEGABYTES SECONDS`: the sheets of a workbook as Arrow, on standard output.

A process of its own with bounded memory and processor time, because the native reader allocates whatever a cell reference or a compressed
part claims, aborts where that fails, and may never end on a damaged part: so it is this process that ends, and the file that is refused.
Nothing is written to disk.

First comes one line of JSON, a list of sheets with name, facts (null where the workbook is put together in an unusual way) and number of
bytes, then each sheet's Arrow stream. Exit status 3: not a readable workbook.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path


def main(path: Path, megabytes: int, seconds: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import fastexcel
    import pyarrow as pa

    from pipelines.ingest.workbook import UNREADABLE, UNUSUAL, sheet_facts

    sheets, streams = [], []
    try:
        workbook = fastexcel.read_excel(str(path))
        for name in workbook.sheet_names:
            batch = workbook.load_sheet(name, header_row=None, dtypes="string").to_arrow()
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, batch.schema) as stream:
                stream.write_batch(batch)
            try:
                found = sheet_facts(path, name)
                facts = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in asdict(found).items()}
            except UNUSUAL:
                facts = None
            streams.append(sink.getvalue())
            sheets.append({"name": name, "facts": facts, "bytes": streams[-1].size})
    except fastexcel.FastExcelError:
        return UNREADABLE
    out = sys.stdout.buffer
    out.write(json.dumps(sheets).encode() + b"\n")
    for stream in streams:
        out.write(stream)
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
