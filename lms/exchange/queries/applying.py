"""Reading applications as their applicants do, and what is still missing in one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from lms.accounts.consents import SUBMISSION, Consenting
from lms.applications import eligibility
from lms.applications.queries.calls import open_returned_fields, returned_now
from lms.applications.queries.consents import not_yet_given
from lms.applications.queries.documents import documents_of
from lms.applications.queries.endorsements import endorsing_body
from lms.applications.queries.facts import application_outcomes
from lms.applications.rules import DOCUMENT_KINDS, wish_problem
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.i18n import Text, lazy_names
from lms.core.i18n import lazy_gettext as _l
from lms.exchange.models import Application, Call, Choice, Institution, Post
from lms.exchange.rules import field_label, returnable_fields, step_of


def _loaded() -> Select[Application]:
    return select(Application).options(
        joinedload(Application.call),
        joinedload(Application.person),
        joinedload(Application.home_institution).joinedload(Institution.country),
    )


def my_applications(actor: Actor) -> Sequence[Application]:
    """The actor's own applications to the exchange, newest first."""
    return db.session.scalars(
        _loaded()
        .join(Application.call)
        .where(Application.person_id == actor.person_id, Call.kind == "exchange")
        .order_by(Application.id.desc())
    ).all()


def own_application(actor: Actor, ref: str) -> Application:
    """One of the actor's own applications to the exchange. Raises NotFound."""
    found = db.session.scalars(
        _loaded()
        .join(Application.call)
        .where(Application.ref == ref, Application.person_id == actor.person_id, Call.kind == "exchange")
    ).one_or_none()
    if found is None or actor.person_id is None:
        raise NotFound
    return found


def live_application(actor: Actor, call: Call) -> Application | None:
    """The actor's application under a call that was not withdrawn."""
    if actor.person_id is None:
        return None
    return db.session.scalars(
        _loaded().where(
            Application.call_id == call.id, Application.person_id == actor.person_id, Application.state != "withdrawn"
        )
    ).one_or_none()


def choices_of(application: Application) -> Sequence[Choice]:
    """The posts that an application asks for, the most wanted first."""
    post = joinedload(Choice.post)
    return db.session.scalars(
        select(Choice)
        .where(Choice.application_id == application.id)
        .options(post.joinedload(Post.lab), post.joinedload(Post.institution).joinedload(Institution.country))
        .order_by(Choice.rank)
    ).all()


# --- what is missing --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Missing:
    """Something without which an application cannot be submitted, and the step on which it is given."""

    step: str
    message: Text


def missing_in(application: Application, *, now: datetime) -> list[Missing]:
    """Everything that is still missing, in the order of the steps."""
    call = application.call
    found = [
        Missing(
            "facts",
            outcome.because if outcome.met is eligibility.Met.UNKNOWN else _l("Not met: %(rule)s", rule=outcome.demand),
        )
        for outcome in application_outcomes(application, now=now)
        if outcome.met is not eligibility.Met.YES
    ]
    chosen = choices_of(application)
    if not chosen:
        found.append(Missing("choices", _l("Choose at least one post.")))
    found += [
        Missing(
            "choices",
            _l('"%(post)s" was withdrawn by its host. Take it off your list.', post=lazy_names([choice.post], "title")),
        )
        for choice in chosen
        if choice.post.state != "approved"
    ]
    if not application.statement:
        found.append(Missing("statement", _l("Write your statement.")))
    there = {document.kind for document in documents_of(application.id)}
    found += [
        Missing("documents", _l("Upload: %(document)s", document=DOCUMENT_KINDS.get(kind, kind)))
        for kind in call.document_kinds
        if kind not in there
    ]
    if application.state == "draft" and (problem := wish_problem(application.endorsement_wish)):
        found.append(Missing("endorsement", problem))
    return found


def not_put_right(application: Application) -> list[Missing]:
    """The fields that screening sent back and that were not changed since."""
    return [
        Missing(step_of(row.field), _l("Put right: %(field)s", field=field_label(row.field)))
        for row in open_returned_fields(application.id)
    ]


def changeable_fields(application: Application) -> set[str]:
    """What the applicant may change now: everything in a draft, what screening named last when returned."""
    if application.state == "draft":
        return {"endorsement", *(field for field, _label in returnable_fields(application.call))}
    return returned_now(application)


# --- consents ---------------------------------------------------------------------------------------


def recipients_of(application: Application, *, center: str, language: str = "en") -> list[Consenting]:
    """Who receives the application, each to be consented to by itself: the Center, the home side, every host.

    They are named in the language in which the consent is read; the order is the same in each.
    """
    blank = Consenting(SUBMISSION.name, center, "CN", language, f"application:{application.ref}")
    found = [blank]
    wish = application.endorsement_wish
    body, country = endorsing_body(application, wish, language)
    if body:
        found.append(replace(blank, recipient=body, country=country))
    hosts = {choice.post.institution_id: choice.post.institution for choice in choices_of(application)}
    for host in hosts.values():
        if host.id != wish.get("institution_id"):
            name = (host.name_zh if language == "zh" else "") or host.name_en
            found.append(replace(blank, recipient=name, country=host.country_code))
    return found


def consents_to_ask(application: Application, *, center: Mapping[str, str], language: str) -> list[Consenting]:
    """The recipients whose consent does not hold yet. `center` names the Center in each language."""
    named = [recipients_of(application, center=name, language=code) for code, name in center.items()]
    return not_yet_given(application.person_id, named, language=language)


def hosts_chosen(application_ids: Collection[int]) -> dict[int, tuple[set[int], set[int]]]:
    """The institutions and the labs of the posts that each application asks for, in one query."""
    found: dict[int, tuple[set[int], set[int]]] = {one: (set(), set()) for one in application_ids}
    rows = db.session.execute(
        select(Choice.application_id, Post.institution_id, Post.lab_id)
        .join(Post, Post.id == Choice.post_id)
        .where(Choice.application_id.in_(application_ids))
        .order_by(Choice.id)
    )
    for application_id, institution_id, lab_id in rows:
        found[application_id][0].add(institution_id)
        found[application_id][1].add(lab_id)
    return found
