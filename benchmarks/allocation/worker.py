"""One engine in its own process: `python -m benchmarks.allocation.worker ENGINE INSTANCE.npz`.

For each line on standard input it runs once and prints one line of JSON: processor seconds, how far the peak of
memory rose above what the lists take, and what came out. The line `after` asks for the certificate and the
slowest explanation instead.
"""

import gc
import hashlib
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.allocation.engines import BY_SCORE, ENGINES, Lists, Result, explain, recount
from benchmarks.allocation.families import Size, make

Arrays = dict[str, Any]
PAGE = os.sysconf("SC_PAGE_SIZE")


def as_lists(arrays: Arrays, engine: str) -> Lists:
    """What the engine needs, as lists of lists of numbers, as a program without arrays would hold it."""
    lists: Lists = {name: arrays[name].tolist() for name in ("capacity", "region", "region_capacity")}
    lists["wishes"] = _rows(arrays["wish"], arrays["wish_start"])
    if engine in BY_SCORE:
        lists["scores"] = _rows(arrays["score"], arrays["wish_start"])
    else:
        lists["lists"] = _rows(arrays["list"], arrays["list_start"])
    return lists


def _rows(flat: Any, start: Any) -> list[list[int]]:
    values, bounds = flat.tolist(), start.tolist()
    return [values[begin:end] for begin, end in pairwise(bounds)]


def _peak_bytes() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def outcome(arrays: Arrays, result: Result) -> dict[str, Any]:
    """What engines are compared by: who got what as a hash, how many people, and the sum of their scores."""
    if isinstance(result, int):
        return {"digest": "", "placed": 0, "total": 0}
    got = np.array(result)
    granted = arrays["wish"] == np.repeat(got, np.diff(arrays["wish_start"]))
    return {
        "digest": hashlib.sha256(got.astype(np.int64).tobytes()).hexdigest(),
        "placed": int((got >= 0).sum()),
        "total": int(arrays["score"][granted].sum()),
    }


def after_the_match(lists: Lists) -> dict[str, float]:
    """Processor seconds of a match and of its certificate, milliseconds of the slowest explanation of 200 people."""
    started = time.process_time()
    count_anew = recount(lists)
    match = time.process_time() - started
    certificate = []
    for _ in range(5):
        started = time.process_time()
        books = count_anew()
        certificate.append(time.process_time() - started)
    slowest = 0.0
    for person in range(0, len(lists["wishes"]), max(1, len(lists["wishes"]) // 200)):
        # The best of three: another process that takes the processor away for a moment is not what is measured.
        slowest = max(slowest, min(_seconds_of(lambda who=person: explain(lists, books, who)) for _ in range(3)))
    return {"match": match, "certificate": statistics.median(certificate), "milliseconds": slowest * 1000}


def _seconds_of(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def once(name: str, arrays: Arrays, lists: Lists) -> dict[str, Any]:
    """One run: its processor time, and how far the peak of memory rose above what the lists take."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    before, started = _resident_bytes(), time.process_time()
    result = ENGINES[name](lists)
    seconds = time.process_time() - started
    return {"seconds": seconds, "bytes": max(0, _peak_bytes() - before), **outcome(arrays, result)}


def main(name: str, path: str) -> None:
    # Imports are not what is measured: a first run, large enough for every engine to take its usual way.
    ENGINES[name](as_lists(make("U", Size(1_200, 30, 10), 0), name))
    with np.load(path) as found:
        arrays = {key: found[key] for key in found.files}
    lists = as_lists(arrays, name)
    gc.collect()
    gc.freeze()  # what was there before is not the engine's to look through
    for line in sys.stdin:
        answer = after_the_match(lists) if line.strip() == "after" else once(name, arrays, lists)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
