"""Matching of applicants to posts under every rule of a call: pure algorithms, without web or database.

    instance = Instance.from_dict(document)      # or Instance.from_bytes(file.read_bytes())
    result = solve(instance)
    result.assignments["applicant-id"]           # a post's id, or None

The format of instances and results, and what is promised, stand in `docs/allocation.md`.
"""

from lms.allocation.checker import Verdict, check
from lms.allocation.instance import Instance, canonical_bytes
from lms.allocation.messages import Code, Disclosure, Explanation
from lms.allocation.reading import InstanceError
from lms.allocation.result import (
    BlockingPair,
    Certificate,
    Cutoff,
    Result,
    Unmet,
)
from lms.allocation.solver import solve
from lms.allocation.watch import OutOfTime, Watch

__all__ = [
    "BlockingPair",
    "Certificate",
    "Code",
    "Cutoff",
    "Disclosure",
    "Explanation",
    "Instance",
    "InstanceError",
    "OutOfTime",
    "Result",
    "Unmet",
    "Verdict",
    "Watch",
    "canonical_bytes",
    "check",
    "solve",
]
