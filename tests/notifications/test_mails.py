"""Every mail about people and institutions: a subject, what happened, and a link that works."""

import pytest

from lms.core.outbox.mail import compose

VALUES = {
    "name": "Lan",
    "path": "/accounts/somewhere",
    "hours": 1,
    "days": 14,
    "role": "Coordinator",
    "role_en": "Coordinator",
    "role_zh": "协调员",
    "scope_en": "Mahidol University",
    "scope_zh": "玛希隆大学",
    "scope": "Mahidol University",
    "inviter": "Chen Yu",
    "note": "Welcome <b>here</b>",
    "institution_en": "Mahidol University",
    "institution_zh": "玛希隆大学",
    "person": "Suharto",
    "reason": "Left in May",
}
TEMPLATES = (
    "affiliation_confirmed",
    "affiliation_declined",
    "affiliation_requested",
    "already_registered",
    "change_link",
    "confirm_link",
    "institution_confirmed",
    "institution_declined",
    "institution_proposed",
    "invitation",
    "password_changed",
    "reset_link",
    "role_given",
)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_mail_has_a_subject_and_a_link(session, template, language):
    subject, body = compose({"template": template, "language": language, "values": VALUES})
    assert subject
    assert "\n" not in subject
    assert "http://127.0.0.1:8000/accounts/somewhere" in body
    assert "&lt;" not in body, "a mail is plain text"


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("affiliation_confirmed", {}),
        ("role_given", {}),
        ("report_submitted", {"scientist": "Souphaphone", "post_en": "Mosquitoes", "post_zh": "玛希隆大学"}),
        ("course_enrolled", {"title_en": "Mosquitoes", "title_zh": "玛希隆大学"}),
    ],
)
def test_a_mail_names_things_in_the_language_of_its_receiver(session, template, values):
    _, body = compose({"template": template, "language": "zh", "values": VALUES | values})
    assert "玛希隆大学" in body
    _, body = compose({"template": template, "language": "en", "values": VALUES | values})
    assert "玛希隆大学" not in body


def test_a_changed_address_is_told_without_a_link(session):
    subject, body = compose({"template": "email_changed", "language": "en", "values": VALUES})
    assert "was changed" in subject
    assert "secretariat" in body
