"""Who may not review what: the ties that stand, that are declared and that applicants name."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import or_, select

from lms.accounts.queries import myself, people
from lms.applications import conflicts
from lms.applications.kinds import Hosts, call_kind_named
from lms.applications.models import Application, DeclaredConflict, Endorsement, Person, Review
from lms.core.access import Grant
from lms.core.actor import Actor
from lms.core.db import db


def ties_between(
    actor: Actor, reviewers: Sequence[Person], applications: Sequence[Application]
) -> dict[tuple[int, int], list[conflicts.Tie]]:
    """The ties of every (application id, reviewer id), in a number of queries that does not grow with either.

    The applications must have their call loaded.
    """
    facts = _reviewer_facts(actor, reviewers)
    cases = _candidates(applications)
    return {
        (application.id, person.id): conflicts.ties(facts[person.id], cases[application.id])
        for application in applications
        for person in reviewers
    }


def ties_of_review(actor: Actor, review: Review) -> list[conflicts.Tie]:
    """The ties that stand between the reviewer and the application now, since profiles change."""
    reviewer = people([review.reviewer_id])[review.reviewer_id]
    return ties_between(actor, [reviewer], [review.application])[review.application_id, reviewer.id]


def _reviewer_facts(actor: Actor, reviewers: Sequence[Person]) -> dict[int, conflicts.Reviewer]:
    ids = [person.id for person in reviewers]
    institutions: dict[int, set[int]] = {
        person.id: {person.home_institution_id} if person.home_institution_id else set() for person in reviewers
    }
    labs: dict[int, set[int]] = {one: set() for one in ids}
    rows = db.session.execute(
        select(Grant.person_id, Grant.scope_kind, Grant.scope_id).where(
            Grant.person_id.in_(ids),
            Grant.scope_kind.in_(("institution", "lab")),
            Grant.scope_id.is_not(None),
            Grant.starts_at <= actor.now,
            or_(Grant.ends_at.is_(None), Grant.ends_at > actor.now),
        )
    )
    for person_id, kind, scope_id in rows:
        if scope_id is not None:
            (institutions if kind == "institution" else labs)[person_id].add(scope_id)
    tied: dict[int, set[int]] = {one: set() for one in ids}
    declared = select(DeclaredConflict.person_id, DeclaredConflict.other_id).where(
        or_(DeclaredConflict.person_id.in_(ids), DeclaredConflict.other_id.in_(ids))
    )
    for one, other in db.session.execute(declared):
        tied.setdefault(one, set()).add(other)
        tied.setdefault(other, set()).add(one)
    return {
        person.id: conflicts.Reviewer(
            person.id,
            frozenset(institutions[person.id]),
            frozenset(labs[person.id]),
            frozenset(tied[person.id]),
            names_of(person),
            person.email,
        )
        for person in reviewers
    }


def names_of(person: Person) -> tuple[conflicts.Words, ...]:
    """The words of every name that a person has."""
    passport = f"{person.passport_family} {person.passport_given}"
    return tuple(
        conflicts.words_of(name) for name in (person.name, person.name_local, person.name_zh, passport) if name
    )


def named_by(
    actor: Actor, application: Application, among: Sequence[Person]
) -> list[tuple[dict[str, str], list[Person]]]:
    """Whom the applicant asked not to be reviewed by, each with those who are meant by the rule; never the actor."""
    me = myself(actor)
    return [
        (row, [person for person in among if is_named(row, person)])
        for row in application.named_ties
        if not is_named(row, me)
    ]


def is_named(row: Mapping[str, str], person: Person) -> bool:
    """Whether an applicant who named somebody may have meant this person."""
    return conflicts.is_meant(_meant(row), names_of(person), person.email)


def _meant(row: Mapping[str, str]) -> conflicts.Named:
    return conflicts.Named(conflicts.words_of(row["name"]), row["email"])


def _candidates(applications: Sequence[Application]) -> dict[int, conflicts.Candidate]:
    ids = [application.id for application in applications]
    endorsers: dict[int, set[int]] = {one: set() for one in ids}
    rows = db.session.execute(
        select(Endorsement.application_id, Endorsement.decided_by_id).where(
            Endorsement.application_id.in_(ids), Endorsement.decided_by_id.is_not(None)
        )
    )
    for application_id, person_id in rows:
        if person_id is not None:
            endorsers[application_id].add(person_id)
    hosts: dict[int, Hosts] = {}
    for kind in {application.call.kind for application in applications}:
        hosts |= call_kind_named(kind).hosts([a.id for a in applications if a.call.kind == kind])
    found = {}
    for application in applications:
        host = hosts.get(application.id, Hosts())
        home = application.home_institution_id
        found[application.id] = conflicts.Candidate(
            application.person_id,
            frozenset({home} if home else ()),
            host.institution_ids,
            host.lab_ids,
            frozenset(endorsers[application.id]),
            tuple(_meant(row) for row in application.named_ties),
        )
    return found


def declared_between(person_ids: Collection[int]) -> set[frozenset[int]]:
    """The pairs among these people of whom one declared a tie with the other."""
    rows = db.session.execute(
        select(DeclaredConflict.person_id, DeclaredConflict.other_id).where(DeclaredConflict.person_id.in_(person_ids))
    )
    return {frozenset((one, other)) for one, other in rows}


def ties_i_declared(actor: Actor) -> Sequence[tuple[DeclaredConflict, Person]]:
    """The people with whom the actor declared a tie, newest first."""
    rows = db.session.execute(
        select(DeclaredConflict, Person)
        .join(Person, Person.id == DeclaredConflict.other_id)
        .where(DeclaredConflict.person_id == actor.person_id)
        .order_by(DeclaredConflict.id.desc())
    )
    return [(tie, person) for tie, person in rows]
