"""What people consented to, and who has read their files."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import queries, readings, services
from lms.accounts.consents import REGISTRATION, Consenting, Purpose, offered_to, purpose_named
from lms.accounts.forms import EmptyForm
from lms.accounts.models import Consent, Reading
from lms.accounts.scopes import scope_names
from lms.accounts.views.blueprint import CENTER_COUNTRY, bp, center_name
from lms.core import countries
from lms.core.access import SIGNED_IN, all_roles
from lms.core.actor import Actor
from lms.core.errors import NotFound
from lms.core.i18n import current_language, in_reader_language, listed
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key
from lms.core.waiting.kinds import Titled
from lms.core.web import Column, access, current_actor, render_list


def country_name(code: str | None) -> str:
    """A country's name in the reader's language."""
    return countries.country_name(code, current_language().code)


@dataclass(frozen=True)
class ShownConsent:
    """A consent with the very text that was consented to."""

    consent: Consent
    purpose: Purpose
    text: str


@dataclass(frozen=True)
class Offer:
    """Something that the actor can consent to, with today's text."""

    consenting: Consenting
    purpose: Purpose
    text: str


def _shown(consent: Consent) -> ShownConsent:
    purpose = purpose_named(consent.purpose)
    text = purpose.text(
        consent.language,
        recipient=consent.recipient,
        country=countries.country_name(consent.country, consent.language),
        version=consent.text_version,
    )
    return ShownConsent(consent, purpose, text)


def _offer(one: Consenting) -> Offer:
    purpose = purpose_named(one.purpose)
    country = countries.country_name(one.country, one.language)
    return Offer(one, purpose, purpose.text(one.language, recipient=one.recipient, country=country))


def _standing_offers() -> list[Consenting]:
    """What the actor can consent to at any time, whether or not they do."""
    actor, language = current_actor(), current_language().code
    center = [Consenting(one.name, center_name(), CENTER_COUNTRY, one.language(language)) for one in REGISTRATION]
    return [*center, *offered_to(actor, language)]


def _withdrawn(given: Sequence[Consent]) -> list[Consenting]:
    """What the actor consented to in a form of its own, such as an application's, and does not any more."""
    standing = {(one.purpose, one.context) for one in _standing_offers()}
    held = {(row.purpose, row.context, row.recipient) for row in given if row.withdrawn_at is None}
    once = {
        Consenting(row.purpose, row.recipient, row.country, row.language, row.context): None
        for row in given
        if (row.purpose, row.context) not in standing and (row.purpose, row.context, row.recipient) not in held
    }
    return list(once)


@bp.get("/consents")
@access(SIGNED_IN)
def consents() -> str:
    """What the actor consented to, and what they can consent to; each can be given and withdrawn at any time."""
    given = queries.consents_of(current_actor())
    held = {(row.purpose, row.context) for row in given if row.withdrawn_at is None}
    standing = [one for one in _standing_offers() if (one.purpose, one.context) not in held]
    return render_template(
        "accounts/consents.html",
        given=[_shown(consent) for consent in given],
        offered=[_offer(one) for one in (*standing, *_withdrawn(given))],
        form=EmptyForm(),
    )


@bp.post("/consents/<purpose>/give")
@access(SIGNED_IN)
def give_consent(purpose: str) -> AnyResponse:
    """Consent to one of the offered purposes."""
    actor = current_actor()
    context, recipient = (request.form.get(name, "") for name in ("context", "recipient"))
    offered = [*_standing_offers(), *_withdrawn(queries.consents_of(actor))]
    found = [one for one in offered if (one.purpose, one.context) == (purpose, context)]
    if len(found) > 1:
        found = [one for one in found if one.recipient == recipient]
    if not found:
        raise NotFound
    services.give_consent(actor, person_id=actor.person_id or 0, consenting=found[0])
    flash(str(_l("Your consent is recorded.")), "success")
    return redirect(url_for("accounts.consents"), 303)


@bp.post("/consents/<int:consent_id>/withdraw")
@access(SIGNED_IN)
def withdraw_consent(consent_id: int) -> AnyResponse:
    """Withdraw a consent; the account stays."""
    services.withdraw_consent(current_actor(), consent_id=consent_id)
    flash(str(_l("Your consent is withdrawn. Your account stays as it is.")), "success")
    return redirect(url_for("accounts.consents"), 303)


@bp.get("/openings")
@access(SIGNED_IN)
def openings() -> Response:
    """Who has read the actor's file: who, in which office, what, when and why."""
    log = _Log(current_actor())
    q = request.args.get("q", "").strip()
    return render_list(
        "accounts/openings.html",
        query=queries.readings_of(current_actor(), q=q, unnamed=readings.unnamed_permissions()),
        order=[Key(Reading.at, descending=True), Key(Reading.id, descending=True)],
        columns=[
            Column(_l("When"), lambda row: row.at, "when", Reading.at),
            Column(_l("Read by"), log.reader),
            Column(_l("Roles then"), log.roles),
            Column(_l("Institution"), log.institution),
            Column(_l("Country"), lambda row: country_name(row.country)),
            Column(_l("What"), log.what),
            Column(_l("Why"), log.why),
        ],
        name="readings",
        q=q,
        log=log,
        country_name=country_name,
    )


class _Log:
    """The log in words. All names are read once, for page and export."""

    def __init__(self, actor: Actor) -> None:
        known = queries.distinct_readings_of(actor)
        self._people = queries.people([one.reader_id for one in known])
        self._institutions = scope_names([("institution", one.institution_id) for one in known])
        self._unnamed = {one.reader_id for one in known if _is_unnamed(one)}
        self._files = queries.file_names({one.subject_id for one in known if one.subject_kind == "file"})
        self._titles: dict[tuple[str, int], Titled] = {}
        for kind in {one.subject_kind for one in known} - {"file"}:
            ids = {one.subject_id for one in known if one.subject_kind == kind}
            self._titles |= {(kind, id_): title for id_, title in readings.readable_kind(kind).titles(ids).items()}

    def reader(self, row: Reading) -> str:
        """Who it was. A reviewer stays unnamed, and a signed link has no account."""
        if row.reader_id is None:
            return str(_l("By a signed link"))
        if row.reader_id in self._unnamed:
            return str(_l("A reviewer"))
        person = self._people.get(row.reader_id)
        return person.name if person else ""

    def roles(self, row: Reading) -> str:
        """The roles that the reader held then."""
        labels = {role.name: role.label for role in all_roles()}
        return listed(labels.get(name, name) for name in row.roles.split())

    def institution(self, row: Reading) -> str:
        """For which institution."""
        return self._institutions.get(("institution", row.institution_id), "")

    def what(self, row: Reading) -> str:
        """What was read: a file by its name, anything else by its kind and title."""
        if row.subject_kind == "file":
            return self._files.get(row.subject_id, "")
        label = readings.readable_kind(row.subject_kind).label
        title = self._titles.get((row.subject_kind, row.subject_id))
        return f"{label} · {in_reader_language(title, 'title')}" if title else str(label)

    def why(self, row: Reading) -> str:
        """What it was read for."""
        if row.subject_kind == "file":
            return str(_l("To read the file"))
        return str(readings.readable_kind(row.subject_kind).why.get(row.permission, ""))


def _is_unnamed(one: queries.Read) -> bool:
    return one.subject_kind != "file" and one.permission in readings.readable_kind(one.subject_kind).unnamed
