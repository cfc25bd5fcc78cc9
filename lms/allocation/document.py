"""From a JSON document to an instance: every part is read once and refused where it stands."""

from collections import Counter
from collections.abc import Mapping

from lms.allocation.instance import (
    Applicant,
    Instance,
    Node,
    Objective,
    Quota,
    QuotaRule,
    Reserve,
    canonical_bytes,
    sha256_of,
)
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
_OBJECTIVES: dict[str, Objective] = {"stable": "stable", "best-total": "best-total", "fair": "fair"}
_RULES: dict[str, QuotaRule] = {"serial": "serial", "cutoffs": "cutoffs"}


def read_bytes(raw: bytes) -> Instance:
    """The instance in a file's bytes. Raises InstanceError."""
    return read_document(parse_json(raw), sha256_of(raw))


def read_document(document: object, sha256: str | None) -> Instance:
    """The instance in a document; without a hash of the file it is made from the canonical bytes.

    Raises InstanceError.
    """
    top = Field(document).fields(_REQUIRED, _OPTIONAL)
    top["format"].one_of(FORMAT)
    applicants_in, posts_in = top["applicants"].named(), top["posts"].named()
    units_in = top["units"].named() if "units" in top else {}
    for name in units_in.keys() & posts_in.keys():
        units_in[name].refuse("a post already has this id; posts and units share one id space")
    applicants = {name: _applicant(part, posts_in) for name, part in applicants_in.items()}
    instance = Instance(
        applicants=applicants,
        posts={name: _post(part, applicants, units_in) for name, part in posts_in.items()},
        units={name: _unit(part, applicants, units_in) for name, part in units_in.items()},
        sha256=sha256 or sha256_of(canonical_bytes(document)),
        objective=_OBJECTIVES[top["objective"].one_of(*_OBJECTIVES)] if "objective" in top else "stable",
        quotas=_quotas(top["quotas"]) if "quotas" in top else (),
        quota_rule=_RULES[top["quota_rule"].one_of(*_RULES)] if "quota_rule" in top else "serial",
        order=_order(top["order"], applicants) if "order" in top else None,
        forbidden=_forbidden(top["forbidden"], applicants, posts_in) if "forbidden" in top else frozenset(),
        fixed=_fixed(top["fixed"], applicants, posts_in) if "fixed" in top else {},
        scores=_scores(top["scores"], applicants, posts_in) if "scores" in top else {},
        floor=top["floor"].integer() if "floor" in top else None,
        seed=top["tie_break"].fields(("seed",))["seed"].count() if "tie_break" in top else 0,
    )
    _refuse_cycles(instance.units)
    _refuse_missing_order(instance, has_rule="quota_rule" in top)
    _check_lists(instance)
    if "fixed" in top:
        _check_fixed(instance, top["fixed"])
    return instance


def _applicant(field: Field, posts: Mapping[str, object]) -> Applicant:
    parts = field.fields(("choices",), ("attributes",))
    attributes = parts["attributes"].named() if "attributes" in parts else {}
    return Applicant(
        choices=parts["choices"].ranking(posts, "post"),
        attributes={name: value.text() for name, value in attributes.items()},
    )


def _post(field: Field, applicants: Mapping[str, object], units: Mapping[str, object]) -> Node:
    parts = field.fields(("capacity",), ("within", "priority", "reserves"))
    reserves = tuple(_reserve(entry) for entry in parts["reserves"].items()) if "reserves" in parts else ()
    return Node(
        parts["capacity"].count(), _within(parts, units), _priority(parts, applicants), minimum=0, reserves=reserves
    )


def _reserve(field: Field) -> Reserve:
    parts = field.fields(("attribute", "value", "seats"))
    return Reserve(parts["attribute"].text(), parts["value"].text(), parts["seats"].count())


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


def _quotas(field: Field) -> tuple[Quota, ...]:
    quotas: dict[tuple[str, str], Quota] = {}
    for entry in field.items():
        parts = entry.fields(("attribute", "value"), ("max", "min"))
        quota = Quota(
            attribute=parts["attribute"].text(),
            value=parts["value"].text(),
            most=parts["max"].count() if "max" in parts else None,
            least=parts["min"].count() if "min" in parts else 0,
        )
        if quota.most is not None and quota.least > quota.most:
            entry.refuse(f"contradicts the max of {quota.most}", "min")
        if (quota.attribute, quota.value) in quotas:
            entry.refuse(f"a second quota for {quota.attribute}={quota.value}")
        quotas[quota.attribute, quota.value] = quota
    return tuple(quotas.values())


def _order(field: Field, applicants: Mapping[str, object]) -> tuple[str, ...]:
    seen: dict[str, None] = {}
    for index, entry in enumerate(field.items()):
        name = entry.id_of(applicants, "applicant")
        if name in seen:
            field.refuse(f"{quoted(name)} stands here twice", index)
        seen[name] = None
    for name in applicants:
        if name not in seen:
            field.refuse(f"{quoted(name)} is missing; the order names every applicant once")
    return tuple(seen)


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


def _fixed(field: Field, applicants: Mapping[str, object], posts: Mapping[str, object]) -> dict[str, str]:
    fixed: dict[str, str] = {}
    for entry in field.items():
        applicant, post = entry.pair(applicants, posts)
        if applicant in fixed:
            entry.refuse(f"{quoted(applicant)} is fixed already")
        fixed[applicant] = post
    return fixed


def _scores(field: Field, applicants: Mapping[str, object], posts: Mapping[str, object]) -> dict[tuple[str, str], int]:
    scores: dict[tuple[str, str], int] = {}
    for entry in field.items():
        parts = list(entry.items())
        if len(parts) != 3:
            entry.refuse("must be [applicant, post, score]")
        pair = parts[0].id_of(applicants, "applicant"), parts[1].id_of(posts, "post")
        if pair in scores:
            entry.refuse("this pair has a score already")
        scores[pair] = parts[2].integer()
    return scores


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


def _refuse_missing_order(instance: Instance, *, has_rule: bool) -> None:
    """Both quota rules go by the order of the call."""
    if instance.order is None and (has_rule or (instance.objective == "stable" and instance.limits)):
        raise InstanceError(
            f'required, because the quota rule "{instance.quota_rule}" goes by the order of the call', ("order",)
        )


def _check_lists(instance: Instance) -> None:
    """One list must speak for each post: its own, that of one unit around it, or else the call's order.

    A choice by scores alone needs no list.
    """
    for post in instance.posts:
        carrier: str | None = None
        for name in instance.path(post):
            if instance.node(name).priority is None:
                continue
            if carrier is not None:
                reason = f"a second priority on the path of the post {quoted(post)}; {quoted(carrier)} has one"
                raise InstanceError(reason, ("units", name, "priority"))
            carrier = name
        if carrier is None and instance.order is None and instance.objective == "stable":
            reason = f"required, because the post {quoted(post)} has no priority and no unit around it has one"
            raise InstanceError(reason, ("order",))


def _check_fixed(instance: Instance, field: Field) -> None:
    """Refuse the first fixed pair that is forbidden or goes beyond a capacity or the max of a quota."""
    placed: Counter[str] = Counter()
    counted: Counter[Quota] = Counter()
    for entry, (applicant, post) in zip(field.items(), instance.fixed.items(), strict=True):
        if (applicant, post) in instance.forbidden:
            entry.refuse("this pair is forbidden")
        if instance.is_below_floor(applicant, post):
            entry.refuse(f"this pair is scored below the floor of {instance.floor}")
        for name in instance.path(post):
            placed[name] += 1
            capacity = instance.node(name).capacity
            if capacity is not None and placed[name] > capacity:
                entry.refuse(f"more people are fixed than {quoted(name)} has places ({capacity})")
        for quota in instance.limits:
            if instance.applicants[applicant].is_in(quota):
                counted[quota] += 1
                if quota.most is not None and counted[quota] > quota.most:
                    entry.refuse(f"more people are fixed than the {quota.name} allows ({quota.most})")
