"""Changing courses: `content` (making), `offerings` (giving), `learning` (taking)."""

from lms.courses.services.content import (
    add_page,
    add_picture,
    add_question,
    add_quiz,
    change_activity,
    change_course,
    change_question,
    create_course,
    move_activity,
    move_question,
    publish,
    remove_activity,
    remove_picture,
    remove_question,
    translate_course,
)
from lms.courses.services.learning import mark_read, save_answers, start_attempt, submit_attempt
from lms.courses.services.offerings import change_offering, enrol, hold_places, open_offering, remove_offering

__all__ = [
    "add_page",
    "add_picture",
    "add_question",
    "add_quiz",
    "change_activity",
    "change_course",
    "change_offering",
    "change_question",
    "create_course",
    "enrol",
    "hold_places",
    "mark_read",
    "move_activity",
    "move_question",
    "open_offering",
    "publish",
    "remove_activity",
    "remove_offering",
    "remove_picture",
    "remove_question",
    "save_answers",
    "start_attempt",
    "submit_attempt",
    "translate_course",
]
