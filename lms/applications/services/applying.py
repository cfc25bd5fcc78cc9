"""What applicants to every kind of call do: fill in, hand in documents, consent."""

from collections.abc import Sequence

from sqlalchemy import update

from lms.accounts.consents import Consenting
from lms.accounts.services.consents import give_consent
from lms.applications.eligibility import Facts
from lms.applications.models import Application, ApplicationDocument
from lms.applications.queries.calls import current_rules, open_returned_fields, returned_now
from lms.applications.queries.facts import application_outcomes
from lms.applications.rules import STATEMENT_LENGTH, not_open_reason
from lms.applications.services.editing import begin_edit
from lms.core import audit, storage
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, Refused
from lms.core.i18n import lazy_gettext as _l


def save_facts(actor: Actor, application: Application, *, version: int | None, facts: Facts) -> None:
    """Keep what the rules read."""
    begin_field(actor, application, "facts", version)
    application.facts = facts.as_json()
    field_saved(actor, application, "facts")


def save_statement(actor: Actor, application: Application, *, version: int | None, statement: str) -> None:
    """Keep the statement. Raises Invalid when it is too long."""
    if len(statement) > STATEMENT_LENGTH:
        raise Invalid(_l("Use at most %(count)d characters.", count=STATEMENT_LENGTH), "statement")
    begin_field(actor, application, "statement", version)
    application.statement = statement
    field_saved(actor, application, "statement")


def add_document(
    actor: Actor, application: Application, *, version: int | None, kind: str, staged: storage.StagedFile
) -> None:
    """Add a document. One of the same kind is replaced, but kept. Raises Invalid for a kind not asked for."""
    if kind not in application.call.document_kinds:
        raise Invalid(_l("This call does not ask for such a document."), "file")
    begin_field(actor, application, f"document:{kind}", version)
    db.session.execute(
        update(ApplicationDocument)
        .where(
            ApplicationDocument.application_id == application.id,
            ApplicationDocument.kind == kind,
            ApplicationDocument.replaced_at.is_(None),
        )
        .values(replaced_at=actor.now)
    )
    file = storage.attach(
        staged, owner_id=actor.person_id, purpose="application.document", is_personal=True, now=actor.now
    )
    db.session.add(ApplicationDocument(application_id=application.id, kind=kind, file_id=file.id, added_at=actor.now))
    field_saved(actor, application, f"document:{kind}")


def give_consents(actor: Actor, *, needed: Sequence[Consenting], given: Sequence[Consenting]) -> None:
    """Keep the consents with which somebody submits. Raises Invalid when one that is needed was not given."""
    if any(consenting not in given for consenting in needed):
        raise Invalid(
            _l("Without your consent we may not pass the application on. Tick each box, or change your choices.")
        )
    for consenting in needed:
        assert actor.person_id is not None
        give_consent(actor, person_id=actor.person_id, consenting=consenting)


def judge_application(actor: Actor, application: Application) -> None:
    """Keep what each rule says about a submitted application, and the version of the rules that it was judged by."""
    if application.rules_id is None:
        rules = current_rules(application.call)
        application.rules_id = rules.id if rules else None
    outcomes = application_outcomes(application, now=actor.now)
    application.eligibility = [{"kind": one.rule["kind"], "met": one.met.value} for one in outcomes]
    db.session.flush()


def begin_field(actor: Actor, application: Application, field: str, version: int | None) -> None:
    """Lock for an edit of one field: any in a draft, only the named ones in a returned application."""
    begin_edit(application, version)
    if application.state == "draft":
        if reason := not_open_reason(application.call, actor.now):
            raise Refused([reason])
        return
    if field not in returned_now(application):
        raise Conflict(_l("This part of your application can no longer be changed."))


def field_saved(actor: Actor, application: Application, field: str) -> None:
    """A field was changed: what was sent back about it is put right, and the journal knows."""
    for row in open_returned_fields(application.id):
        if row.field == field:
            row.resolved_at = actor.now
    db.session.flush()
    audit.record(actor, "application.edited", subject=("application", application.id), detail={"fields": [field]})
