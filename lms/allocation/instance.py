"""An instance of the format `allocation/1`, read and checked."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from lms.allocation.reading import Field, InstanceError, Ranking, parse_json, quoted

FORMAT = "allocation/1"
_REQUIRED = ("format", "applicants", "posts")
_OPTIONAL = (
    "objective",
    "units",
    "quotas",
    "quota_rule",
    "order",
    "forbidden",
    "fixed",
    "scores",
    "floor",
    "tie_break",
)


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies: choices best first (tied posts in one group), and attributes such as the country."""

    choices: Ranking
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Node:
    """A post, or a unit (lab, host, region) that holds posts or other units.

    `capacity` is the number of people that may be placed in everything under the node (None: no own limit);
    `priority` orders the applicants, best first, and leaves out whoever is unacceptable (None: no list here);
    `minimum` is a wish that is reported when unmet and moves nobody.
    """

    capacity: int | None
    within: str | None
    priority: Ranking | None
    minimum: int = 0


@dataclass(frozen=True, slots=True)
class Instance:
    """Everything that decides an allocation. Made by `from_bytes` or `from_dict`, which check it all."""

    applicants: Mapping[str, Applicant]
    posts: Mapping[str, Node]
    units: Mapping[str, Node]
    order: tuple[str, ...] | None
    forbidden: frozenset[tuple[str, str]]
    fixed: Mapping[str, str]
    seed: int
    sha256: str

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Instance":
        """Read a file's bytes. Raises InstanceError with the reason and the JSON Pointer of the field."""
        return _read(parse_json(raw), hashlib.sha256(raw).hexdigest())

    @classmethod
    def from_dict(cls, document: object) -> "Instance":
        """Read a document made in the program; its hash is the one of `canonical_bytes(document)`.

        Raises InstanceError with the reason and the JSON Pointer of the field.
        """
        return _read(document, None)

    def node(self, name: str) -> Node:
        """The post or unit with this id (both share one id space)."""
        return self.posts[name] if name in self.posts else self.units[name]

    def path(self, post: str) -> tuple[str, ...]:
        """The post and every unit around it, innermost first."""
        return _path(post, self.posts, self.units)


def canonical_bytes(document: object) -> bytes:
    """One byte form for equal documents (sorted keys, no spaces, UTF-8), to publish and recompute from."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def _read(document: object, sha256: str | None) -> Instance:
    top = Field(document).fields(_REQUIRED, _OPTIONAL)
    top["format"].one_of(FORMAT)
    _refuse_unsupported(top)
    applicants_in, posts_in = top["applicants"].named(), top["posts"].named()
    units_in = top["units"].named() if "units" in top else {}
    for name in units_in.keys() & posts_in.keys():
        units_in[name].refuse("a post already has this id; posts and units share one id space")
    applicants = {name: _applicant(field, posts_in) for name, field in applicants_in.items()}
    posts = {name: _post(field, applicants, units_in) for name, field in posts_in.items()}
    units = {name: _unit(field, applicants, units_in) for name, field in units_in.items()}
    _refuse_cycles(units)
    order = _order(top["order"], applicants) if "order" in top else None
    _check_lists(posts, units, order)
    forbidden = _forbidden(top["forbidden"], applicants, posts) if "forbidden" in top else frozenset()
    fixed = _fixed(top["fixed"], applicants, posts, units, forbidden) if "fixed" in top else {}
    seed = top["tie_break"].fields(("seed",))["seed"].count() if "tie_break" in top else 0
    digest = sha256 or hashlib.sha256(canonical_bytes(document)).hexdigest()
    return Instance(applicants, posts, units, order, forbidden, fixed, seed, digest)


def _refuse_unsupported(top: Mapping[str, Field]) -> None:
    """Name the parts of the format that this engine does not solve, rather than ignore a rule of the call."""
    if "objective" in top and top["objective"].one_of("stable", "best-total", "fair") != "stable":
        top["objective"].refuse(f'the objective {quoted(top["objective"].value)} is not supported; use "stable"')
    if "quota_rule" in top:
        top["quota_rule"].one_of("serial", "cutoffs")
    for name in ("quotas", "scores"):
        if name in top and any(top[name].items()):
            top[name].refuse(f"{name} are not supported; capacities of posts and units are")
    if "floor" in top:
        top["floor"].refuse("a floor is not supported, because scores are not")


def _applicant(field: Field, posts: Mapping[str, object]) -> Applicant:
    parts = field.fields(("choices",), ("attributes",))
    attributes = parts["attributes"].named() if "attributes" in parts else {}
    return Applicant(
        choices=parts["choices"].ranking(posts, "post"),
        attributes={name: value.text() for name, value in attributes.items()},
    )


def _post(field: Field, applicants: Mapping[str, object], units: Mapping[str, object]) -> Node:
    parts = field.fields(("capacity",), ("within", "priority", "reserves"))
    if "reserves" in parts and any(parts["reserves"].items()):
        parts["reserves"].refuse("reserves are not supported; capacities of posts and units are")
    return Node(parts["capacity"].count(), _within(parts, units), _priority(parts, applicants))


def _unit(field: Field, applicants: Mapping[str, object], units: Mapping[str, object]) -> Node:
    parts = field.fields(("capacity",), ("minimum", "within", "priority"))
    capacity = None if parts["capacity"].value is None else parts["capacity"].count()
    minimum = parts["minimum"].count() if "minimum" in parts else 0
    return Node(capacity, _within(parts, units), _priority(parts, applicants), minimum)


def _within(parts: Mapping[str, Field], units: Mapping[str, object]) -> str | None:
    if "within" not in parts or parts["within"].value is None:
        return None
    return parts["within"].id_of(units, "unit")


def _priority(parts: Mapping[str, Field], applicants: Mapping[str, object]) -> Ranking | None:
    return parts["priority"].ranking(applicants, "applicant") if "priority" in parts else None


def _refuse_cycles(units: Mapping[str, Node]) -> None:
    """Every unit must reach a top; each is walked once."""
    safe: set[str] = set()
    for start in units:
        walk: dict[str, None] = {}
        name: str | None = start
        while name is not None and name not in safe:
            if name in walk:
                raise InstanceError("these units contain each other", ("units", name, "within"))
            walk[name] = None
            name = units[name].within
        safe.update(walk)


def _path(post: str, posts: Mapping[str, Node], units: Mapping[str, Node]) -> tuple[str, ...]:
    path, above = [post], posts[post].within
    while above is not None:
        path.append(above)
        above = units[above].within
    return tuple(path)


def _order(field: Field, applicants: Mapping[str, object]) -> tuple[str, ...]:
    names = tuple(entry.id_of(applicants, "applicant") for entry in field.items())
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            field.refuse(f"{quoted(name)} stands here twice", index)
        seen.add(name)
    for name in applicants:
        if name not in seen:
            field.refuse(f"{quoted(name)} is missing; the order names every applicant once")
    return names


def _check_lists(posts: Mapping[str, Node], units: Mapping[str, Node], order: tuple[str, ...] | None) -> None:
    """One list must speak for each post: its own, that of one unit around it, or else the call's order."""
    for post, node in posts.items():
        carriers = [post] if node.priority is not None else []
        for name in _path(post, posts, units)[1:]:
            if units[name].priority is None:
                continue
            if carriers:
                reason = f"a second priority on the path of the post {quoted(post)}; {quoted(carriers[0])} has one"
                raise InstanceError(reason, ("units", name, "priority"))
            carriers.append(name)
        if not carriers and order is None:
            reason = f"required, because the post {quoted(post)} has no priority and no unit around it has one"
            raise InstanceError(reason, ("order",))


def _forbidden(
    field: Field, applicants: Mapping[str, object], posts: Mapping[str, object]
) -> frozenset[tuple[str, str]]:
    pairs: set[tuple[str, str]] = set()
    for entry in field.items():
        pair = entry.pair(applicants, posts)
        if pair in pairs:
            entry.refuse("this pair stands here twice")
        pairs.add(pair)
    return frozenset(pairs)


def _fixed(
    field: Field,
    applicants: Mapping[str, object],
    posts: Mapping[str, Node],
    units: Mapping[str, Node],
    forbidden: frozenset[tuple[str, str]],
) -> dict[str, str]:
    fixed: dict[str, str] = {}
    taken = dict.fromkeys([*posts, *units], 0)
    for entry in field.items():
        applicant, post = entry.pair(applicants, posts)
        if applicant in fixed:
            entry.refuse(f"{quoted(applicant)} is fixed already")
        if (applicant, post) in forbidden:
            entry.refuse("this pair is forbidden")
        fixed[applicant] = post
        for name in _path(post, posts, units):
            taken[name] += 1
            capacity = (posts[name] if name in posts else units[name]).capacity
            if capacity is not None and taken[name] > capacity:
                entry.refuse(f"more people are fixed than {quoted(name)} has places ({capacity})")
    return fixed
