"""Careful reading of JSON: whatever is wrong is refused with a reason and a JSON Pointer."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

Ranking = tuple[tuple[str, ...], ...]
"""Groups of ids, best first; the members of one group are tied."""

Path = tuple[str | int, ...]

LARGEST = 2**53 - 1


class InstanceError(Exception):
    """A file that cannot be used: `reason` says why, `path` (JSON Pointer, RFC 6901) says where."""

    def __init__(self, reason: str, path: Path = ()) -> None:
        """Keep the reason and turn the steps of the path into a JSON Pointer."""
        super().__init__(reason)
        self.reason = reason
        self.path = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)

    def to_dict(self) -> dict[str, str]:
        """The object that the command line prints for a refused file."""
        return {"error": self.reason, "path": self.path}


@dataclass(frozen=True, slots=True)
class Field:
    """A value of the document together with where it stands."""

    value: object
    path: Path = ()

    def refuse(self, reason: str, *steps: str | int) -> NoReturn:
        """Refuse this value, or the one `steps` below it."""
        raise InstanceError(reason, (*self.path, *steps))

    def child(self, step: str | int, value: object) -> "Field":
        """The value one step below."""
        return Field(value, (*self.path, step))

    def _mapping(self) -> dict[str, object]:
        if not isinstance(self.value, dict):
            self.refuse("must be an object")
        return self.value

    def _list(self) -> list[object]:
        if not isinstance(self.value, list):
            self.refuse("must be a list")
        return self.value

    def fields(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, "Field"]:
        """The members of an object with fixed names; a missing or unknown name is refused."""
        members = self._mapping()
        for name in members:
            if name not in required and name not in optional:
                self.refuse("unknown key", name)
        for name in required:
            if name not in members:
                self.refuse("required, but missing", name)
        return {name: self.child(name, value) for name, value in members.items()}

    def named(self) -> dict[str, "Field"]:
        """The members of an object whose names are ids."""
        for name in self._mapping():
            if not isinstance(name, str) or not name:
                self.refuse("an id must be a non-empty string", str(name))
            if not _is_unicode(name):
                self.refuse("an id must be valid Unicode", name)
        return {name: self.child(name, value) for name, value in self._mapping().items()}

    def items(self) -> Iterator["Field"]:
        """The entries of a list."""
        return (self.child(index, entry) for index, entry in enumerate(self._list()))

    def count(self) -> int:
        """A whole number, zero or more."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 0:
            self.refuse("must be a whole number, zero or more")
        return self.value

    def integer(self) -> int:
        """A whole number that every reader of JSON keeps exact (RFC 8259, section 6)."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            self.refuse("must be a whole number")
        if abs(self.value) > LARGEST:
            self.refuse(f"must lie between -{LARGEST} and {LARGEST}")
        return self.value

    def one_of(self, *allowed: str) -> str:
        """One of the given words."""
        if not isinstance(self.value, str) or self.value not in allowed:
            self.refuse("must be one of: " + ", ".join(allowed))
        return self.value

    def text(self) -> str:
        """Any text."""
        if not isinstance(self.value, str) or not _is_unicode(self.value):
            self.refuse("must be text in valid Unicode")
        return self.value

    def id_of(self, known: Collection[str], kind: str) -> str:
        """The id of a known `kind` (applicant, post, unit)."""
        if not isinstance(self.value, str) or self.value not in known:
            self.refuse(f"{quoted(self.value)} is not the id of a known {kind}")
        return self.value

    def ranking(self, known: Collection[str], kind: str) -> Ranking:
        """Ids best first, tied ones in a list of their own; nobody twice."""
        groups: list[tuple[str, ...]] = []
        seen: set[str] = set()
        for index, entry in enumerate(self._list()):
            tied = isinstance(entry, list)
            members: list[object] = entry if tied else [entry]
            if not members:
                self.refuse("a tie must name somebody", index)
            group: list[str] = []
            for place, name in enumerate(members):
                where = (index, place) if tied else (index,)
                if not isinstance(name, str) or name not in known:
                    self.refuse(f"{quoted(name)} is not the id of a known {kind}", *where)
                if name in seen:
                    self.refuse(f"{quoted(name)} stands here twice", *where)
                seen.add(name)
                group.append(name)
            groups.append(tuple(group))
        return tuple(groups)

    def pair(self, applicants: Collection[str], posts: Collection[str]) -> tuple[str, str]:
        """An [applicant, post] pair of known ids."""
        entries = list(self.items())
        if len(entries) != 2:
            self.refuse("must be a pair: [applicant, post]")
        return entries[0].id_of(applicants, "applicant"), entries[1].id_of(posts, "post")


def quoted(value: object) -> str:
    """A value as it stood in the file, shortened for a message."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def parse_json(raw: bytes) -> Any:
    """The document in `raw` (UTF-8). Raises InstanceError unless it is strict JSON without doubled keys."""
    doubled: list[tuple[object, str]] = []

    def build(pairs: list[tuple[str, object]]) -> dict[str, object]:
        built = dict(pairs)
        if len(built) < len(pairs):
            doubled.append((built, _first_repeated(name for name, _ in pairs)))
        return built

    try:
        document = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=build, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise InstanceError(f"not UTF-8 text at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise InstanceError(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except ValueError as error:
        raise InstanceError("a number has too many digits") from error
    except RecursionError as error:
        raise InstanceError("nested too deeply") from error
    if doubled:
        _refuse_doubled(document, doubled)
    return document


def _no_constant(name: str) -> NoReturn:
    raise InstanceError(f"not JSON: {name} is not a number")


def _first_repeated(names: Iterable[str]) -> str:
    seen: set[str] = set()
    return next(name for name in names if name in seen or seen.add(name))


def _refuse_doubled(document: object, doubled: list[tuple[object, str]]) -> NoReturn:
    """Find the outermost object that named a key twice and refuse it there."""
    repeated = {id(built): name for built, name in doubled}
    level = [Field(document)]
    while True:
        below: list[Field] = []
        for field in level:
            if id(field.value) in repeated:
                field.refuse("this key stands twice", repeated[id(field.value)])
            if isinstance(field.value, dict):
                below.extend(field.child(step, value) for step, value in field.value.items())
            elif isinstance(field.value, list):
                below.extend(field.items())
        level = below


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
