"""What people consented to, and who opened their files."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import queries, services
from lms.accounts.consents import REGISTRATION, Consenting, Purpose, offered_to, purpose_named
from lms.accounts.forms import EmptyForm
from lms.accounts.models import Consent
from lms.accounts.scopes import scope_names
from lms.accounts.views.blueprint import CENTER_COUNTRY, bp, center_name
from lms.core import countries
from lms.core.access import SIGNED_IN
from lms.core.actor import Actor
from lms.core.errors import NotFound
from lms.core.i18n import current_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, looked_up
from lms.core.storage import FileOpening
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
    """Who opened the actor's files, when, and for which institution."""
    who = _Openers(current_actor())
    q = request.args.get("q", "").strip()
    return render_list(
        "accounts/openings.html",
        query=queries.openings_of(current_actor(), q=q),
        order=[Key(FileOpening.id, descending=True)],
        columns=[
            Column(_l("File"), lambda row: row.file.filename, "file", looked_up(FileOpening.file, "filename")),
            Column(_l("Opened by"), who.name),
            Column(_l("Institution"), who.institution),
            Column(_l("Country"), lambda row: country_name(row.country)),
            Column(_l("When"), lambda row: row.at, "when", FileOpening.id),
        ],
        name="openings",
        q=q,
        who=who,
        country_name=country_name,
    )


class _Openers:
    """The names of all who ever opened the actor's files, read once for page and export."""

    def __init__(self, actor: Actor) -> None:
        pairs = queries.openers_of(actor)
        self._people = {
            person.id: person.name for person in queries.people([person_id for person_id, _ in pairs]).values()
        }
        self._institutions = scope_names([("institution", institution_id) for _, institution_id in pairs])

    def name(self, row: FileOpening) -> str:
        """Who opened it: a person, or somebody with a signed link."""
        return self._people.get(row.opener_id or 0) or str(_l("By a signed link"))

    def institution(self, row: FileOpening) -> str:
        """For which institution."""
        return self._institutions.get(("institution", row.institution_id), "")
