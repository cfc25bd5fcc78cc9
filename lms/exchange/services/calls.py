"""Opening calls and keeping their dates, texts and rules."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lms.accounts.queries import office_member_ids
from lms.applications.queries.calls import current_rules
from lms.applications.services.editing import begin_edit
from lms.core import audit, workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.core.translated import translate
from lms.core.waiting import Office
from lms.exchange import messages
from lms.exchange.flow import CALL
from lms.exchange.flow.call_steps import schedule_close
from lms.exchange.indexing import index_call
from lms.exchange.models import Call, EligibilityRules
from lms.notifications.services import notify_office

ASEAN = ("BN", "KH", "ID", "LA", "MY", "MM", "PH", "SG", "TH", "TL", "VN")

# The rules of the Chinese young-scientist calls of recent years; every call edits its own copy.
DEFAULT_RULES: tuple[dict[str, Any], ...] = (
    {"kind": "nationality", "countries": list(ASEAN)},
    {"kind": "age", "at_most": 45, "at": "application"},
    {"kind": "degree_or_experience", "degree": "doctorate", "or_years": 5},
    {"kind": "employed_at_home"},
    {"kind": "language", "any_of": ["en", "zh"], "level": "working"},
)
DEFAULT_CRITERIA: tuple[dict[str, Any], ...] = (
    {"key": "c1", "label_en": "Scientific quality", "label_zh": "科学水平", "weight": 3},
    {"key": "c2", "label_en": "Fit with the post", "label_zh": "与岗位的契合度", "weight": 3},
    {"key": "c3", "label_en": "Benefit for the home country", "label_zh": "对派出国的益处", "weight": 2},
    {"key": "c4", "label_en": "Feasibility of the work plan", "label_zh": "工作计划的可行性", "weight": 2},
)
DEFAULT_DOCUMENTS = ("cv", "degree", "employment", "work_plan")
_EDITABLE = ("draft", "preparing", "published", "closed")
# From here on applications may rest on what the call says.
_BINDING = ("published", "closed")


def open_call(actor: Actor, **values: Any) -> Call:
    """A new call in draft, with the usual rules, criteria and documents. `values` are columns of `Call`.

    Raises Invalid when the dates are in the wrong order or in the past.
    """
    _check_dates(actor, values["opens_at"], values["closes_at"])
    call = Call(
        ref=new_ref(),
        kind="exchange",
        document_kinds=list(DEFAULT_DOCUMENTS),
        criteria=[dict(row) for row in DEFAULT_CRITERIA],
        lottery_seed=secrets.randbelow(2**31),
        created_by_id=actor.person_id,
        created_at=actor.now,
        **values,
    )
    workflow.start(CALL, call, actor=actor)
    _write_rules(actor, call, number=1, rules=[dict(rule) for rule in DEFAULT_RULES])
    index_call(call)
    return call


def edit_call(actor: Actor, call: Call, *, version: int | None, **values: Any) -> None:
    """Change a call's texts, dates and numbers. A moved closing date moves the clock's appointment.

    Raises Invalid for wrong dates, Conflict for a stale page or a call that has moved on.
    """
    begin_edit(call, version)
    if call.state not in _EDITABLE:
        raise Conflict(_l("This call has moved on. Look at it as it stands now."))
    changed = {name for name, value in values.items() if getattr(call, name) != value}
    if call.state == "closed" and "closes_at" in changed:
        raise Invalid(_l("The call is closed. Its closing date can no longer be moved."), "closes_at")
    if call.state in _BINDING and "disclosure" in changed:
        raise Invalid(_l("The call is public. What applicants are told can no longer change."), "disclosure")
    if changed & {"opens_at", "closes_at"}:
        _check_dates(actor, values["opens_at"], values["closes_at"])
    for name in changed:
        setattr(call, name, values[name])
    if call.state == "published" and "closes_at" in changed:
        schedule_close(actor, call)
    db.session.flush()
    audit.record(actor, "call.edited", subject=("call", call.id), detail={"fields": sorted(changed)})
    index_call(call)


def set_requirements(
    actor: Actor,
    call: Call,
    *,
    version: int | None,
    document_kinds: Sequence[str],
    criteria: Sequence[Mapping[str, Any]],
) -> None:
    """Say which documents are needed and what reviewers score.

    Raises Conflict once the call is public: applications rest on it.
    """
    begin_edit(call, version)
    if call.state not in ("draft", "preparing"):
        raise Conflict(_l("The call is public. Its documents and criteria are fixed now."))
    call.document_kinds = list(document_kinds)
    call.criteria = [{"key": f"c{number}", **row} for number, row in enumerate(criteria, start=1)]
    db.session.flush()
    audit.record(actor, "call.edited", subject=("call", call.id), detail={"fields": ["criteria", "document_kinds"]})


def set_rules(actor: Actor, call: Call, *, version: int | None, rules: Sequence[Mapping[str, Any]]) -> EligibilityRules:
    """Replace the rules. Once the call is public this makes a new version; applications keep theirs.

    Raises Conflict when the call is closed, Invalid for two rules of one kind.
    """
    begin_edit(call, version)
    if call.state not in ("draft", "preparing", "published"):
        raise Conflict(_l("The call is closed. Its rules are fixed now."))
    kinds = [rule["kind"] for rule in rules]
    if len(set(kinds)) != len(kinds):
        raise Invalid(_l("There is a rule of this kind already. Change that one."), "kind")
    current = current_rules(call)
    if current is not None and call.state not in _BINDING:
        current.rules, current.made_at, current.made_by_id = [dict(rule) for rule in rules], actor.now, actor.person_id
        db.session.flush()
        audit.record(actor, "rules.edited", subject=("call", call.id), detail={"number": current.number})
        return current
    return _write_rules(actor, call, number=current.number + 1 if current else 1, rules=[dict(rule) for rule in rules])


def put_rule(actor: Actor, call: Call, *, version: int | None, rule: Mapping[str, Any]) -> None:
    """Add a rule, or replace the one of its kind."""
    current = current_rules(call)
    rules = [dict(one) for one in current.rules] if current else []
    kinds = [one["kind"] for one in rules]
    if rule["kind"] in kinds:
        rules[kinds.index(rule["kind"])] = dict(rule)
    else:
        rules.append(dict(rule))
    set_rules(actor, call, version=version, rules=rules)


def remove_rule(actor: Actor, call: Call, *, version: int | None, kind: str) -> None:
    """Take a rule out. Raises Refused for the last one of a public call."""
    current = current_rules(call)
    rules = [one for one in current.rules if one["kind"] != kind] if current else []
    if not rules and call.state in _BINDING:
        raise Refused([_l("A public call needs at least one rule.")])
    set_rules(actor, call, version=version, rules=rules)


def invite_hosts(actor: Actor, call: Call, *, institution_ids: Sequence[int]) -> int:
    """Write to the coordinators of these institutions that they may draft posts; how many offices have somebody.

    Each is written to once for a call, however often this is pressed.
    """
    if call.state not in ("preparing", "published"):
        raise Conflict(_l("This call takes no posts now."))
    values = {
        "call_en": call.title_en,
        "call_zh": call.title_zh,
        "due_at": call.closes_at.isoformat(),
        "path": "/exchange/my-posts/",
    }
    reached = 0
    for institution_id in institution_ids:
        office = Office("coordinator", "institution", institution_id)
        reached += bool(office_member_ids(office, actor.now))
        notify_office(
            actor, office=office, message=messages.POSTS_INVITED, values=values, key=f"{call.ref}:{institution_id}"
        )
    audit.record(actor, "call.hosts_invited", subject=("call", call.id), detail={"institutions": list(institution_ids)})
    return reached


def _write_rules(actor: Actor, call: Call, *, number: int, rules: list[dict[str, Any]]) -> EligibilityRules:
    made = EligibilityRules(call_id=call.id, number=number, rules=rules, made_at=actor.now, made_by_id=actor.person_id)
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "rules.made", subject=("call", call.id), detail={"number": number})
    return made


def _check_dates(actor: Actor, opens_at: datetime, closes_at: datetime) -> None:
    if closes_at <= opens_at:
        raise Invalid(_l("The call must close after it opens."), "closes_at")
    if closes_at <= actor.now:
        raise Invalid(_l("The closing date lies in the past."), "closes_at")


def translate_call(actor: Actor, call: Call, *, language: str, texts: Mapping[str, str], version: int | None) -> None:
    """Give a call its texts in a further language. Raises Stale."""
    translate(actor, call, subject=("call", call.id), language=language, texts=texts, version=version)
    index_call(call)
    db.session.flush()
