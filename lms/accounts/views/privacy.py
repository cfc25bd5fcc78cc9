"""What people consented to, and who opened their files."""

from dataclasses import dataclass

from flask import Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import queries, services
from lms.accounts.consents import REGISTRATION, Consenting, Purpose, purpose_named
from lms.accounts.forms import EmptyForm
from lms.accounts.models import Consent
from lms.accounts.scopes import scope_names
from lms.accounts.views.blueprint import CENTER_COUNTRY, bp, center_name
from lms.core import countries
from lms.core.access import SIGNED_IN
from lms.core.actor import Actor
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


def _shown(consent: Consent) -> ShownConsent:
    purpose = purpose_named(consent.purpose)
    text = purpose.text(
        consent.language,
        recipient=consent.recipient,
        country=countries.country_name(consent.country, consent.language),
        version=consent.text_version,
    )
    return ShownConsent(consent, purpose, text)


@bp.get("/consents")
@access(SIGNED_IN)
def consents() -> str:
    """What the actor consented to and may withdraw; what was asked at registration can be given anew here."""
    given = [_shown(consent) for consent in queries.consents_of(current_actor())]
    held = {shown.purpose.name for shown in given if shown.consent.withdrawn_at is None}
    language, recipient = current_language().code, center_name()
    offered = [
        (purpose, purpose.text(language, recipient=recipient, country=country_name(CENTER_COUNTRY)))
        for purpose in REGISTRATION
        if purpose.name not in held
    ]
    return render_template("accounts/consents.html", given=given, offered=offered, form=EmptyForm())


@bp.post("/consents/<purpose>/give")
@access(SIGNED_IN)
def give_consent(purpose: str) -> AnyResponse:
    """Consent to one of the offered purposes."""
    if purpose not in {offered.name for offered in REGISTRATION}:
        abort(404)
    actor = current_actor()
    consenting = Consenting(purpose, center_name(), CENTER_COUNTRY, current_language().code)
    services.give_consent(actor, person_id=actor.person_id or 0, consenting=consenting)
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
