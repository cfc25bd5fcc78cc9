"""The transcript of records: each original grade with its scale and credits, and beside it what it was converted into.

Built from what holds, then signed; what is printed and shown later is read from the signed content alone.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from lms.core.i18n import lazy_gettext as _l
from lms.core.pdf import Bilingual, Field, bilingual, qr_svg
from lms.credentials.document import day, period
from lms.credentials.record import both
from lms.programmes.models import CurriculumParty, GradeEntry, PlanItem, Student
from lms.programmes.queries import grades as queries
from lms.programmes.tally import converted, party_of, shown, tally
from lms.recognition import METHODS, Scale, credit_system, scale_from

_CHECK: Bilingual = {"en": "Check this transcript", "zh": "核验本成绩单"}


def body_of(student: Student) -> dict[str, Any]:
    """What is signed of a loaded student: strings and lists only. `terms` is empty while no grade is confirmed."""
    entries = queries.holding_entries([item.id for item in student.plan])
    graded = [item for item in student.plan if item.id in entries]
    semesters = sorted({item.semester for item in graded})
    curriculum = student.curriculum
    earned = tally(curriculum, {item.module_id for item in graded if _earns(entries[item.id])})
    return {
        "terms": [
            {
                "title": bilingual(_l("Semester %(number)d", number=semester)),
                "rows": [_row(student, item, entries[item.id]) for item in graded if item.semester == semester],
            }
            for semester in semesters
        ],
        "facts": [
            *_registrations(student),
            {
                "label": bilingual(_l("Credits earned")),
                "value": f"{shown(earned.total)} / {shown(earned.required)} {_system(curriculum.credit_system)['en']}",
            },
        ],
        "credit_unit": _unit(curriculum.credit_system),
        "scale_unit": both(curriculum.scale.name_en, curriculum.scale.name_zh) if curriculum.scale else both("–", "–"),
        "notes": [_party_note(student, party) for party in curriculum.parties],
    }


def _earns(entry: GradeEntry) -> bool:
    return entry.outcome in ("passed", "credited")


def _unit(code: str) -> str:
    return {"id-sks": "SKS", "sg-nus": "NUS"}.get(code, code.upper())


def _system(code: str) -> Bilingual:
    system = credit_system(code)
    return both(system.name_en, system.name_zh)


def _row(student: Student, item: PlanItem, entry: GradeEntry) -> dict[str, Any]:
    module = next(one for one in student.curriculum.modules if one.id == item.module_id)
    party = party_of(student.curriculum, module.institution_id)
    credit = converted(student.curriculum, module)
    conversion = queries.conversion_of(entry)
    return {
        "code": module.code,
        "title": both(module.title_en, module.title_zh),
        "institution": both(module.institution.name_en, module.institution.name_zh or module.institution.name_local),
        "credits": shown(module.credits),
        "credit_unit": _unit(party.credit_system),
        "converted_credits": shown(credit.value) if _earns(entry) else "–",
        "grade": entry.text,
        "scale": both(entry.scale.name_en, entry.scale.name_zh),
        "converted_grade": conversion.value or "–" if conversion else "–",
        "method": bilingual(METHODS[conversion.method]) if conversion else bilingual(METHODS["none"]),
    }


def _registrations(student: Student) -> list[Field]:
    return [
        {
            "label": both(one.institution.name_en, one.institution.name_zh or one.institution.name_local),
            "value": Bilingual(en=f"No. {one.student_number}", zh=f"学号 {one.student_number}"),
        }
        for one in student.registrations
        if one.student_number
    ]


def _party_note(student: Student, party: CurriculumParty) -> dict[str, Any]:
    """How one university counts and grades, and by which rule that was converted."""
    curriculum = student.curriculum
    assert party.scale is not None
    factor = Fraction(party.factor)
    return {
        "institution": both(party.institution.name_en, party.institution.name_zh or party.institution.name_local),
        "credits": _system(party.credit_system),
        "factor": f"1 {_unit(party.credit_system)} = {factor} {_unit(curriculum.credit_system)}",
        "factor_source": party.factor_source or "–",
        "scale": both(party.scale.name_en, party.scale.name_zh),
        "explained": explained(scale_from(party.scale.definition)),
        "method": bilingual(METHODS[party.method]),
        "agreed": bilingual(
            _l(
                "Agreed by all parties in version %(number)d of the curriculum",
                number=curriculum.number,
            )
        ),
    }


def explained(scale: Scale) -> Bilingual:
    """A scale in one line: from the best grade to the worst, and what passes."""
    if scale.is_numeric:
        return bilingual(
            _l(
                "%(best)s is the best, %(worst)s the worst grade; the pass mark is %(passing)s",
                best=f"{scale.best:f}",
                worst=f"{scale.worst:f}",
                passing=f"{scale.passing:f}",
            )
        )
    passing = [one.grade for one in scale.letters if one.passes]
    failing = [one.grade for one in scale.letters if not one.passes]
    return bilingual(
        _l("passed: %(passing)s; failed: %(failing)s", passing=", ".join(passing), failing=", ".join(failing))
    )


def transcript(content: Mapping[str, Any], *, verify_url: str, demo: bool) -> dict[str, Any]:
    """The data of the printed page, from what was signed."""
    facts: list[Field] = []
    if (dates := period(content)) is not None:
        facts.append({"label": content["dates"], "value": dates})
    facts += content["body"]["facts"]
    facts.append({"label": {"en": "Issued", "zh": "颁发日期"}, "value": day(content["issued_on"])})
    return {
        "issuer": content["issuer"],
        "heading": content["heading"],
        "holder": {"name": content["holder"]["name"], "other_forms": content["holder"]["other_forms"]},
        "programme": content["title"],
        "facts": facts,
        "terms": content["body"]["terms"],
        "notes": content["body"]["notes"],
        "credit_unit": content["body"]["credit_unit"],
        "scale_unit": content["body"]["scale_unit"],
        "code": content["code"],
        "verify_url": verify_url,
        "verify_label": _CHECK,
        "qr_svg": qr_svg(verify_url),
        "demo": demo,
    }
