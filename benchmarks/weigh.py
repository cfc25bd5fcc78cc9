"""Weighs pages against the bare page, interleaved in the same run."""

import gc
import statistics
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Engine

from benchmarks.cpu import Meter
from benchmarks.visits import Visitor, again, assets, counted

ROUNDS = 20
REQUESTS = 3
_APART = (".svg", ".png", ".jpg", ".jpeg", ".webp", ".ico", ".woff2")


def quartile(values: list[float]) -> float:
    """The lower quartile."""
    return statistics.quantiles(values, n=4, method="inclusive")[0]


@dataclass
class Weight:
    """What a page costs. `cpu` is in bare pages; bytes are of gzipped bodies."""

    name: str
    cpu: float
    queries: int
    warm_bytes: int
    cold_bytes: int
    cold_requests: int
    raw_bytes: int
    path: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for handing over between processes."""
        return asdict(self)


class Scales:
    """Measures requests as multiples of the bare page's processor time."""

    def __init__(self, bare: Visitor, engine: Engine, backend_pid: int | None) -> None:
        self.engine = engine
        self.bare, self.bare_request = bare, bare.environ("GET", "/")
        answer = bare.send(again(self.bare_request))
        if answer.status != 200:
            raise RuntimeError(f"the bare page answers {answer.status}")
        self.meter = Meter(backend_pid)  # only now: the bare page has a connection of its own, whose server counts too
        self.bare_seconds: list[float] = []

    def _seconds(self, visitor: Visitor, request: dict[str, Any], times: int) -> float:
        requests = [again(request) for _ in range(times)]
        started = self.meter.seconds()
        for one in requests:
            visitor.send(one)
        return (self.meter.seconds() - started) / times

    def bare_cost(self) -> float:
        """Seconds of one bare page, now."""
        cost = self._seconds(self.bare, self.bare_request, REQUESTS * 4)
        self.bare_seconds.append(cost)
        return cost

    def cpu_of(self, visitor: Visitor, path: str) -> float:
        """Page against bare page, both by the lower quartile of their rounds: what disturbs only ever adds."""
        request = visitor.environ("GET", path)
        for _ in range(3):
            visitor.send(again(request))
        gc.collect()
        bare, page = [], []
        for _ in range(ROUNDS):
            bare.append(self.bare_cost())
            page.append(self._seconds(visitor, request, REQUESTS))
        return quartile(page) / quartile(bare)

    def weigh(self, name: str, visitor: Visitor, path: str) -> Weight:
        """All figures of one page. Raises RuntimeError when it does not answer with a page."""
        visitor.open("GET", path)
        with counted(self.engine) as statements:
            answer = visitor.open("GET", path)
        if answer.status != 200:
            raise RuntimeError(f"{path} answers {answer.status} {answer.header('location')}")
        cold, requests = len(answer.body), 1
        for target in assets(answer.text, path):
            fetched = visitor.open("GET", target)
            requests += 1
            if not target.partition("?")[0].endswith(_APART):
                cold += len(fetched.body)
        queries = len(statements)
        cpu = self.cpu_of(visitor, path)
        return Weight(name, cpu, queries, len(answer.body), cold, requests, len(answer.text.encode()), path)
