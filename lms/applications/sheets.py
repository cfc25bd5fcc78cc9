"""The printed endorsement sheet, in English and Chinese, with its code."""

from datetime import date

from lms.applications.kinds import call_kind_named
from lms.applications.models import Endorsement
from lms.applications.rules import date_in_zone
from lms.core.i18n import lazy_gettext as _l
from lms.core.pdf import Bilingual, Field, LetterData, bilingual, qr_svg, render

_TITLE = _l("Home endorsement")


def sheet_pdf(endorsement: Endorsement, *, issuer: Bilingual, base_url: str, demo: bool) -> bytes:
    """The sheet as PDF. `issuer` is the Center's name. Raises UnprintableText for a name that no font holds."""
    return render(
        "letter",
        _sheet(endorsement, issuer=issuer, base_url=base_url, demo=demo),
        title=str(_TITLE),
        language="en",
        issued_at=endorsement.requested_at,
    )


def _sheet(endorsement: Endorsement, *, issuer: Bilingual, base_url: str, demo: bool) -> LetterData:
    address = f"{base_url}/endorsements/sheet/{endorsement.code}"
    due = date_in_zone(endorsement.due_at, endorsement.application.call.zone)
    return LetterData(
        issuer=issuer,
        heading=bilingual(_TITLE),
        fields=_fields(endorsement, due),
        paragraphs=[
            bilingual(
                _l(
                    "The applicant applies to the call named above. Please tick one box, sign and seal this sheet, "
                    "and give it back to the applicant, who photographs it and hands it in."
                )
            ),
        ],
        choices=[
            bilingual(_l("We endorse this application and will release the applicant for the stay.")),
            bilingual(_l("We do not endorse this application.")),
        ],
        blanks=[
            bilingual(_l("Name and position")),
            bilingual(_l("Date")),
            bilingual(_l("Signature")),
            bilingual(_l("Reason of a refusal")),
        ],
        seal=bilingual(_l("Official seal")),
        code=endorsement.code,
        verify_url=address,
        verify_label=bilingual(_l("Check this sheet")),
        qr_svg=qr_svg(address),
        demo=demo,
    )


def _fields(endorsement: Endorsement, due: date) -> list[Field]:
    application = endorsement.application
    person, home = application.person, application.home_institution
    rows: list[Field] = [
        {"label": bilingual(_l("Applicant")), "value": " / ".join(name["text"] for name in person.names)},
        {
            "label": bilingual(_l("Call")),
            "value": {"en": application.call.title_en, "zh": application.call.title_zh or application.call.title_en},
        },
    ]
    if home is not None:
        rows.append(
            {
                "label": bilingual(_l("Home institution")),
                "value": {"en": home.name_en, "zh": home.name_zh or home.name_en},
            }
        )
    rows.append({"label": bilingual(_l("Office that endorses")), "value": endorsement.endorser_office})
    kind = call_kind_named(application.call.kind)
    rows += [Field(label=bilingual(label), value=str(value)) for label, value in kind.sheet(application)]
    rows.append({"label": bilingual(_l("To be handed in until")), "value": due.isoformat()})
    return rows
