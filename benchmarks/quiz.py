"""A whole quiz of 20 questions as one learner goes through it, and one answer saved by itself."""

import re
from dataclasses import dataclass
from typing import Any

from flask import url_for

from benchmarks.visits import Answer, Visitor, again
from benchmarks.weigh import Scales, quartile
from benchmarks.world import World

ROUNDS = 9
_FIELD = re.compile(r"<input[^>]*>")
_ATTRIBUTE = re.compile(r"([\w-]+)=\"([^\"]*)\"")


@dataclass(frozen=True)
class Addresses:
    """Where the quiz lives; `attempt` is one that is under way."""

    step: str
    start: str
    attempt: str

    @classmethod
    def of(cls, world: World) -> "Addresses":
        """The addresses of the measured quiz. Needs the application's context."""
        with world.app.test_request_context():
            where = {"ref": world.enrolment, "step": world.quiz}
            return cls(
                url_for("courses.step", **where),
                url_for("courses.start_quiz", **where),
                url_for("courses.attempt", ref=world.attempt),
            )


def _inputs(page: str) -> list[dict[str, str]]:
    return [dict(_ATTRIBUTE.findall(tag)) for tag in _FIELD.findall(page)]


def _token(page: str) -> dict[str, str]:
    return {one["name"]: one.get("value", "") for one in _inputs(page) if one.get("name") == "csrf_token"}


def _answers(page: str, option: int) -> dict[str, str]:
    """Everything that the page's form would send, with the same option chosen in every question."""
    fields: dict[str, str] = {}
    seen: dict[str, int] = {}
    for one in _inputs(page):
        name = one.get("name", "")
        if one.get("type") == "radio":
            seen[name] = seen.get(name, 0) + 1
            if seen[name] == option:
                fields[name] = one.get("value", "")
        elif one.get("type") == "hidden" and name:
            fields[name] = one.get("value", "")
    return fields


class _Timed:
    """Sends requests and sums their processor time."""

    def __init__(self, scales: Scales, visitor: Visitor) -> None:
        self.scales, self.visitor, self.seconds = scales, visitor, 0.0

    def open(self, method: str, path: str, fields: dict[str, str] | None = None, *, status: int = 200) -> Answer:
        request = self.visitor.environ(method, path, fields)
        started = self.scales.meter.seconds()
        answer = self.visitor.send(request)
        self.seconds += self.scales.meter.seconds() - started
        if answer.status != status:
            raise RuntimeError(f"{method} {path} answers {answer.status}, not {status}")
        return answer


def _whole(scales: Scales, visitor: Visitor, where: Addresses) -> float:
    """Seconds of: start, the page with all questions, one save of all, summary, submit, review."""
    timed = _Timed(scales, visitor)
    start = visitor.open("GET", where.step)
    attempt = timed.open("POST", where.start, _token(start.text), status=303).header("location")
    page = timed.open("GET", attempt)
    summary_at = timed.open("POST", attempt, _answers(page.text, 2), status=303).header("location")
    summary = timed.open("GET", summary_at)
    timed.open("POST", f"{attempt}/do/submit", _token(summary.text), status=303)
    timed.open("GET", attempt)
    return timed.seconds


def _one_answer(scales: Scales, visitor: Visitor, where: Addresses) -> float:
    """Seconds of saving one answer, as the page's script does; another option each time."""
    page = visitor.open("GET", where.attempt).text
    names = sorted({one["name"] for one in _inputs(page) if one.get("type") == "radio"})
    timed = _Timed(scales, visitor)
    count = 0
    for option in (1, 2):
        fields = _answers(page, option)
        for name in names[:5]:
            sent = {name: fields[name], **_token(page)}
            request: dict[str, Any] = visitor.environ(
                "POST", f"{where.attempt}/answers/{name.removeprefix('q-')}", sent
            )
            request["HTTP_HX_REQUEST"] = "true"
            started = scales.meter.seconds()
            answer = visitor.send(again(request, request["wsgi.input"].read()))
            timed.seconds += scales.meter.seconds() - started
            if answer.status != 200:
                raise RuntimeError(f"saving an answer answers {answer.status}")
            count += 1
    return timed.seconds / count


def weigh(scales: Scales, visitor: Visitor, where: Addresses) -> tuple[float, float]:
    """The whole quiz, and one saved answer, in bare pages."""
    single, whole, bare = [], [], []
    _one_answer(scales, visitor, where)
    for _ in range(ROUNDS):
        bare.append(scales.bare_cost())
        single.append(_one_answer(scales, visitor, where))
    _finish(visitor, where)
    for _ in range(ROUNDS):
        bare.append(scales.bare_cost())
        whole.append(_whole(scales, visitor, where))
    return quartile(whole) / quartile(bare), quartile(single) / quartile(bare)


def _finish(visitor: Visitor, where: Addresses) -> None:
    """Submit the attempt that is under way, so that the next start is a new one."""
    page = visitor.open("GET", f"{where.attempt}/finish").text
    visitor.open("POST", f"{where.attempt}/do/submit", _token(page))
