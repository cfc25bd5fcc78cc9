"""An applicant's own steps: start, fill in, submit, put right, withdraw."""

from collections.abc import Sequence
from typing import Any

from lms.accounts.consents import Consenting
from lms.accounts.queries import myself
from lms.accounts.rules import normal_email
from lms.applications.eligibility import Facts
from lms.applications.rules import not_open_reason
from lms.applications.services.applying import (
    add_document,
    begin_field,
    field_saved,
    give_consents,
    judge_application,
    save_facts,
    save_statement,
)
from lms.applications.services.editing import begin_edit
from lms.applications.services.endorsements import check_wish, request_endorsement
from lms.core import waiting, workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.exchange import messages
from lms.exchange.flow import APPLICATION
from lms.exchange.models import Application, Call, Choice
from lms.exchange.queries.applying import (
    choices_of,
    live_application,
    own_application,
)
from lms.exchange.queries.posts import posts_of_call
from lms.exchange.rules import NAMES_TIES, moved
from lms.institutions.queries import field_codes_of

__all__ = [
    "add_choice",
    "add_document",
    "move_choice",
    "name_tie",
    "remove_choice",
    "save_facts",
    "save_statement",
    "save_wish",
    "start_application",
    "submit",
    "unname_tie",
    "withdraw",
]

_MOST_TIES = 10


def start_application(actor: Actor, call: Call, *, facts: Facts | None = None) -> Application:
    """A draft under a call, or the one that is there already: one application for each person and call.

    Raises Refused when the call is not open.
    """
    if existing := live_application(actor, call):
        return existing
    if reason := not_open_reason(call, actor.now):
        raise Refused([reason])
    person = myself(actor)
    application = Application(
        ref=new_ref(),
        call_id=call.id,
        person_id=person.id,
        home_institution_id=person.home_institution_id,
        facts=facts.as_json() if facts else {},
        created_at=actor.now,
    )
    workflow.start(APPLICATION, application, actor=actor)
    waiting.open_item(
        actor,
        messages.FINISH_APPLICATION,
        to=person.id,
        subject=("application", application.id),
        about=[call],
        url_values={"ref": application.ref},
        due_at=call.closes_at,
    )
    return own_application(actor, application.ref)


def save_wish(actor: Actor, application: Application, *, version: int | None, wish: dict[str, Any]) -> None:
    """Keep how the applicant wants to be endorsed; it is asked for at submission.

    Raises Invalid for an incomplete wish, one's own address, or an institution that nobody coordinates here.
    """
    if application.state != "draft":
        raise Conflict(_l("Your endorsement was asked for already. Change it on its own page."))
    check_wish(actor, application, wish)
    begin_field(actor, application, "endorsement", version)
    application.endorsement_wish = dict(wish)
    application.home_institution_id = application.person.home_institution_id
    field_saved(actor, application, "endorsement")


def add_choice(actor: Actor, application: Application, *, version: int | None, post_ref: str) -> None:
    """Put a post at the end of the list. Raises Invalid for a foreign post or a full list."""
    post = next((post for post in posts_of_call(application.call) if post.ref == post_ref), None)
    if post is None:
        raise Invalid(_l("This post is not part of the call. Choose one from the list."), "post")
    ids = _chosen(application)
    if post.id in ids:
        return
    if len(ids) >= application.call.max_choices:
        raise Invalid(
            _l("You can choose %(count)d posts. Remove one first.", count=application.call.max_choices), "post"
        )
    _set_choices(actor, application, version, [*ids, post.id])


def remove_choice(actor: Actor, application: Application, *, version: int | None, post_id: int) -> None:
    """Take a post off the list; the ones behind it move up."""
    _set_choices(actor, application, version, [one for one in _chosen(application) if one != post_id])


def move_choice(actor: Actor, application: Application, *, version: int | None, post_id: int, direction: str) -> None:
    """Move a post up or down by one. Raises Conflict when it is no longer on the list."""
    ids = _chosen(application)
    if post_id not in ids:
        raise Conflict(_l("This post is no longer on your list. Look at it as it stands now."))
    _set_choices(actor, application, version, moved(ids, post_id, direction))


def _chosen(application: Application) -> list[int]:
    return [choice.post_id for choice in choices_of(application)]


def _set_choices(actor: Actor, application: Application, version: int | None, ids: Sequence[int]) -> None:
    begin_field(actor, application, "choices", version)
    for choice in choices_of(application):
        db.session.delete(choice)
    db.session.flush()
    db.session.add_all(
        Choice(application_id=application.id, post_id=post_id, rank=rank) for rank, post_id in enumerate(ids, start=1)
    )
    field_saved(actor, application, "choices")


def name_tie(
    actor: Actor, application: Application, *, version: int | None, name: str, email: str, reason: str
) -> None:
    """Name somebody who should not review the application; only the secretariat learns it.

    Raises Invalid for more than ten, Conflict once the reviews have begun or the page is stale.
    """
    _begin_ties(application, version)
    if len(application.named_ties) >= _MOST_TIES:
        raise Invalid(_l("You can name %(count)d people. Remove one first.", count=_MOST_TIES), "name")
    row = {"name": name.strip(), "email": normal_email(email), "reason": reason.strip()}
    application.named_ties = [*application.named_ties, row]
    field_saved(actor, application, "ties")


def unname_tie(actor: Actor, application: Application, *, version: int | None, index: int) -> None:
    """Take a name off the list again. Raises Conflict when it is not there, else as `name_tie`."""
    _begin_ties(application, version)
    if not 0 <= index < len(application.named_ties):
        raise Conflict(_l("This name is no longer on your list. Look at it as it stands now."))
    application.named_ties = [row for number, row in enumerate(application.named_ties) if number != index]
    field_saved(actor, application, "ties")


def _begin_ties(application: Application, version: int | None) -> None:
    begin_edit(application, version)
    if application.state not in NAMES_TIES:
        raise Conflict(_l("The reviews have begun. Write to the secretariat about a tie that you notice now."))


def submit(
    actor: Actor,
    application: Application,
    *,
    version: int | None,
    needed: Sequence[Consenting],
    given: Sequence[Consenting],
) -> None:
    """Submit a draft or a corrected application, with a consent for each recipient of the data.

    Raises Refused with everything that is missing, Invalid when a consent is.
    """
    give_consents(actor, needed=needed, given=given)
    if application.state == "returned":
        workflow.perform(APPLICATION, application, "resubmit", actor=actor, version=version)
        judge_application(actor, application)
        return
    application.home_institution_id = myself(actor).home_institution_id
    application.fields = field_codes_of(application.person_id)
    workflow.perform(APPLICATION, application, "submit", actor=actor, version=version)
    judge_application(actor, application)
    call = application.call
    request_endorsement(actor, application, days=call.endorsement_days, zone=call.zone)


def withdraw(actor: Actor, application: Application, *, version: int | None) -> None:
    """Withdraw for good. While the call is open a new application may be started."""
    workflow.perform(APPLICATION, application, "withdraw", actor=actor, version=version)
