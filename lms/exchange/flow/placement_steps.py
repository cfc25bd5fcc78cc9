"""A stay at a host: how it begins, what it needs at each step, and how it ends."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from lms.accounts import queries as people
from lms.core import settings, waiting
from lms.core.actor import Actor, system_actor
from lms.core.clock import deadline_in_zone
from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.core.pdf import Bilingual, bilingual
from lms.core.waiting import Office, WaitingKind
from lms.core.workflow import Context, machine_named, perform, start
from lms.credentials import services as credentials
from lms.exchange import messages
from lms.exchange.checklist import TASKS, due_after, due_before, end_of_stay
from lms.exchange.flow.screening_steps import SECRETARIAT
from lms.exchange.models import Application, ChecklistItem, Offer, Placement, Post
from lms.exchange.queries import placements as queries
from lms.notifications.messages import Message
from lms.notifications.services import notify, notify_office

_STAY_DATES: Bilingual = {"en": "Dates of the stay", "zh": "访问时间"}


def begin_placement(actor: Actor, application: Application, offer: Offer) -> Placement:
    """A placement to prepare, with its checklist; scientist, host and home coordinators learn of it."""
    post = db.session.get_one(Post, offer.post_id)
    ends = end_of_stay(post.starts_on, post.months) if post.starts_on else None
    placement = Placement(
        ref=new_ref(),
        application_id=application.id,
        post_id=post.id,
        person_id=application.person_id,
        planned_from=post.starts_on,
        planned_to=ends,
        created_at=actor.now,
    )
    start(machine_named("placement"), placement, actor=actor)
    today = actor.now.astimezone(ZoneInfo(application.call.zone)).date()
    for position, task in enumerate(TASKS, start=1):
        db.session.add(
            ChecklistItem(
                placement_id=placement.id,
                key=task.key,
                position=position,
                who=task.who,
                is_before_arrival=task.is_before_arrival,
                due_on=due_before(task, post.starts_on, today),
            )
        )
    db.session.flush()
    full = queries.placement_by_id(placement.id)
    arrives = max(post.starts_on, today) if post.starts_on else None
    renew_tasks(actor, full)
    open_for_host(actor, full, messages.CONFIRM_ARRIVAL, due_on=arrives)
    notify(actor, person_id=full.person_id, message=messages.PLACEMENT_BEGINS, values=values_of(full))
    tell_host(actor, full, messages.PLACEMENT_BEGINS)
    if application.home_institution_id is not None:
        home = Office("coordinator", "institution", application.home_institution_id)
        notify_office(actor, office=home, message=messages.PLACEMENT_BEGINS, values=values_of(full), key=full.ref)
    return full


def end_placement_of(actor: Actor, application: Application, *, reason: str) -> None:
    """End a stay whose offer was rescinded, if there is one that has not ended."""
    placement = queries.placement_of(application.id)
    if placement is not None and placement.state in ("preparing", "active"):
        perform(machine_named("placement"), placement, "end_early", actor=system_actor(actor.now), reason=reason)


# --- stamps and effects -----------------------------------------------------------------------------


def stamp_arrival(context: Context) -> None:
    """The day of arrival."""
    context.subject.arrived_on = context.inputs["arrived_on"]


def stamp_last_day(context: Context) -> None:
    """The planned last day, unless another one was recorded."""
    context.subject.left_on = context.subject.last_day


def stamp_leaving(context: Context) -> None:
    """The last day of the stay, where somebody named it."""
    context.subject.left_on = context.inputs.get("left_on") or context.subject.left_on


def begin_stay(context: Context) -> None:
    """The last day and the tasks after arrival get their dates; the scientist will report."""
    placement = queries.placement_by_id(context.subject.id)
    placement.planned_to = end_of_stay(context.inputs["arrived_on"], placement.post.months)
    for item in placement.checklist:
        if not item.is_before_arrival:
            item.due_on = due_after(item.key, context.inputs["arrived_on"])
    waiting.close_items(context.actor, subject=("placement", placement.id))
    renew_tasks(context.actor, placement)
    open_for_scientist(context.actor, placement, messages.WRITE_REPORT, due_on=placement.planned_to)


def ask_to_countersign(context: Context) -> None:
    """The host reads the report."""
    placement = queries.placement_by_id(context.subject.id)
    _close(context, messages.WRITE_REPORT)
    open_for_host(context.actor, placement, messages.COUNTERSIGN)
    tell_host(context.actor, placement, messages.REPORT_SUBMITTED)


def ask_to_correct(context: Context) -> None:
    """The scientist reads what is missing in the report."""
    placement = queries.placement_by_id(context.subject.id)
    report = queries.report_of(placement.id)
    reason = str(context.inputs["reason"])
    if report is not None:
        report.returned_reason = reason
    _close(context, messages.COUNTERSIGN)
    open_for_scientist(context.actor, placement, messages.WRITE_REPORT, due_on=placement.last_day)
    values = {**values_of(placement), "reason": reason}
    notify(context.actor, person_id=placement.person_id, message=messages.REPORT_RETURNED, values=values)


def keep_countersignature(context: Context) -> None:
    """Who signed and when; the secretariat closes the placement."""
    placement = queries.placement_by_id(context.subject.id)
    report = queries.report_of(placement.id)
    if report is not None:
        report.countersigned_at, report.countersigned_by_id = context.actor.now, context.actor.person_id
    _close(context, messages.COUNTERSIGN)
    _open(context.actor, placement, messages.CLOSE_PLACEMENT, SECRETARIAT, placement.last_day)


def certify(context: Context) -> None:
    """The scientist gets the certificate of the stay, under the Center's legal names."""
    placement = queries.placement_by_id(context.subject.id)
    post, host = placement.post, placement.post.institution
    center = settings.center_names()
    report = queries.report_of(placement.id)
    signer_id = report.countersigned_by_id if report else None
    signers = people.people([signer_id, context.actor.person_id])
    signatories = []
    if signer_id in signers:
        office = Bilingual(en=post.lab.name_en, zh=post.lab.name_zh or post.lab.name_en)
        signatories.append({"name": signers[signer_id].name, "office": office})
    if context.actor.person_id in signers:
        name = signers[context.actor.person_id].name
        signatories.append({"name": name, "office": bilingual(_l("Secretariat"))})
    credential = credentials.issue(
        context.actor,
        person_id=placement.person_id,
        kind="exchange.placement",
        subject=("placement", placement.id),
        heading=bilingual(_l("Certificate of research stay")),
        statement=bilingual(_l("has completed a research stay in the young-scientist exchange")),
        title=Bilingual(en=post.title_en, zh=post.title_zh or post.title_en),
        issuer=Bilingual(en=center["en"], zh=center["zh"]),
        issuer_id=None,
        signatories=signatories,  # type: ignore[arg-type]
        zone=placement.application.call.zone,
        from_on=placement.arrived_on,
        to_on=placement.left_on,
        dates=_STAY_DATES,
        extra=[
            {
                "label": bilingual(_l("Host")),
                "value": Bilingual(en=host.name_en, zh=host.name_zh or host.name_local or host.name_en),
            }
        ],
    )
    placement.credential_id = credential.id
    waiting.close_items(context.actor, subject=("placement", placement.id))


def tell_end_changed(context: Context) -> None:
    """Everybody concerned learns the other last day; what waits for it gets its date."""
    placement = queries.placement_by_id(context.subject.id)
    if placement.state == "active":
        open_for_scientist(context.actor, placement, messages.WRITE_REPORT, due_on=placement.left_on)
    elif placement.state == "countersigned":
        _open(context.actor, placement, messages.CLOSE_PLACEMENT, SECRETARIAT, placement.left_on)
    values = {
        **values_of(placement),
        "last_day": str(context.inputs["left_on"]),
        "reason": str(context.inputs["reason"]),
    }
    notify(context.actor, person_id=placement.person_id, message=messages.PLACEMENT_END_CHANGED, values=values)
    for office in _offices_of(placement):
        notify_office(context.actor, office=office, message=messages.PLACEMENT_END_CHANGED, values=values)


def tell_ended(context: Context) -> None:
    """Scientist and host learn that the stay ended early, and why."""
    placement = queries.placement_by_id(context.subject.id)
    waiting.close_items(context.actor, subject=("placement", placement.id))
    values = {**values_of(placement), "reason": str(context.inputs["reason"])}
    notify(context.actor, person_id=placement.person_id, message=messages.PLACEMENT_ENDED, values=values)
    office = Office("host", "lab", placement.post.lab_id)
    notify_office(context.actor, office=office, message=messages.PLACEMENT_ENDED, values=values)


def _close(context: Context, kind: WaitingKind) -> None:
    waiting.close_items(context.actor, subject=("placement", context.subject.id), kind=kind)


def _offices_of(placement: Placement) -> list[Office]:
    """The hosts of the lab and, where the scientist has one, the coordinators of the home institution."""
    home_id = placement.application.home_institution_id
    home = [Office("coordinator", "institution", home_id)] if home_id is not None else []
    return [Office("host", "lab", placement.post.lab_id), *home]


def renew_tasks(actor: Actor, placement: Placement) -> None:
    """What waits on each side follows from its tasks that are not settled, due when the first of them is.

    Before the arrival the host is waited for to confirm it; that stands for the host's tasks.
    """
    host = Office("host", "lab", placement.post.lab_id)
    if placement.state == "preparing":
        _renew(actor, placement, messages.PREPARE_STAY, "scientist", placement.person_id)
    else:
        _renew(actor, placement, messages.SETTLE_IN, "scientist", placement.person_id)
        _renew(actor, placement, messages.HOST_TASKS, "host", host)


def _renew(actor: Actor, placement: Placement, kind: WaitingKind, side: str, to: Office | int) -> None:
    rows = [
        item
        for item in placement.checklist
        if item.who == side and item.done_at is None and (item.is_before_arrival or placement.state != "preparing")
    ]
    if rows:
        _open(actor, placement, kind, to, min((item.due_on for item in rows if item.due_on), default=None))
    else:
        waiting.close_items(actor, subject=("placement", placement.id), kind=kind)


def open_for_scientist(actor: Actor, placement: Placement, kind: WaitingKind, *, due_on: date | None = None) -> None:
    """It waits for the scientist, perhaps until the end of a day at the Center."""
    _open(actor, placement, kind, placement.person_id, due_on)


def open_for_host(actor: Actor, placement: Placement, kind: WaitingKind, *, due_on: date | None = None) -> None:
    """It waits for the hosts of the lab, perhaps until the end of a day at the Center."""
    _open(actor, placement, kind, Office("host", "lab", placement.post.lab_id), due_on)


def _open(actor: Actor, placement: Placement, kind: WaitingKind, to: Office | int, due_on: date | None = None) -> None:
    zone = placement.application.call.zone
    waiting.open_item(
        actor,
        kind,
        to=to,
        subject=("placement", placement.id),
        about=[placement.application.person.name, placement.post],
        url_values={"ref": placement.ref},
        due_at=deadline_in_zone(datetime.combine(due_on, time(23, 59)), zone) if due_on else None,
    )


def values_of(placement: Placement) -> dict[str, object]:
    """What every message about a placement names."""
    post = placement.post
    return {
        "scientist": placement.application.person.name,
        "post_en": post.title_en,
        "post_zh": post.title_zh,
        "host_en": post.institution.name_en,
        "host_zh": post.institution.name_zh,
        "path": f"/exchange/placements/{placement.ref}",
    }


def tell_host(actor: Actor, placement: Placement, message: Message) -> None:
    """Write to the hosts of the lab."""
    office = Office("host", "lab", placement.post.lab_id)
    notify_office(actor, office=office, message=message, values=values_of(placement))
