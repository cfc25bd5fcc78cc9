"""The desks of a person's roles: where their work lies, and what to do first when nothing waits yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.core.actor import Actor
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l


@dataclass(frozen=True)
class Link:
    """A page, and how the link to it reads."""

    label: Text
    endpoint: str


@dataclass(frozen=True)
class Desk:
    """The work of one role. `first` says what to do while nothing waits, `start` is the page for it."""

    roles: Sequence[tuple[str, str]]
    title: Text
    links: Sequence[Link]
    first: Text
    start: Link


_DESKS = (
    Desk(
        [("secretariat", "platform")],
        _l("Secretariat"),
        [
            Link(_l("Calls"), "exchange.manage_calls"),
            Link(_l("Placements"), "exchange.placements"),
            Link(_l("Joint programmes"), "programmes.office"),
            Link(_l("Mentoring schemes"), "mentoring.manage"),
            Link(_l("Sealed sheets to check"), "applications.sheets"),
            Link(_l("Proposed institutions"), "institutions.proposals"),
            Link(_l("Figures"), "reporting.index"),
            Link(_l("Check or revoke a certificate"), "credentials.check"),
            Link(_l("Office and invitations"), "accounts.my_offices"),
        ],
        _l("Open a call: write it in both languages, set its rules and dates, then let hosts draft posts."),
        Link(_l("Open a call"), "exchange.new_call"),
    ),
    Desk(
        [("coordinator", "institution")],
        _l("Coordinator"),
        [
            Link(_l("Endorsements asked of us"), "applications.endorsements"),
            Link(_l("Our people's learning"), "courses.our_people"),
            Link(_l("Joint programmes"), "programmes.office"),
            Link(_l("Applications to joint degrees"), "programmes.decisions"),
            Link(_l("Students of joint programmes"), "programmes.students"),
            Link(_l("Grade sheets"), "programmes.sheets"),
            Link(_l("Posts in our labs"), "exchange.my_posts"),
            Link(_l("Placements of our people and in our labs"), "exchange.placements"),
            Link(_l("Office and invitations"), "accounts.my_offices"),
        ],
        _l("Invite a deputy to your office, so that nothing stops while you are away."),
        Link(_l("Open your office"), "accounts.my_offices"),
    ),
    Desk(
        [("host", "lab")],
        _l("Host"),
        [
            Link(_l("My posts"), "exchange.my_posts"),
            Link(_l("Applicants for my posts"), "exchange.rankings"),
            Link(_l("Placements"), "exchange.placements"),
            Link(_l("Draft a post"), "exchange.new_post"),
        ],
        _l("Draft a post for your lab. The secretariat approves it, then scientists can choose it."),
        Link(_l("Draft a post"), "exchange.new_post"),
    ),
    Desk(
        [("reviewer", "platform")],
        _l("Reviewer"),
        [
            Link(_l("My reviews"), "applications.my_reviews"),
            Link(_l("Ties that I declared"), "applications.ties"),
        ],
        _l("Declare with whom you have ties, so that you are never given their applications."),
        Link(_l("Declare a tie"), "applications.ties"),
    ),
    Desk(
        [("instructor", "institution"), ("instructor", "course")],
        _l("Instructor"),
        [
            Link(_l("Courses that I teach"), "courses.teaching_list"),
            Link(_l("Write a course"), "courses.new_course"),
        ],
        _l("Write your first course: a page, a picture, five questions, an offering."),
        Link(_l("Write a course"), "courses.new_course"),
    ),
    Desk(
        [("coordinator", "mentoring_scheme")],
        _l("Mentoring coordinator"),
        [
            Link(_l("Mentoring schemes"), "mentoring.manage"),
            Link(_l("Office and invitations"), "accounts.my_offices"),
        ],
        _l("Approve the mentors of your scheme, then find pairs."),
        Link(_l("Open my schemes"), "mentoring.manage"),
    ),
    Desk(
        [("safeguarding", "mentoring_scheme")],
        _l("Safeguarding contact"),
        [Link(_l("Concerns"), "mentoring.concerns")],
        _l("Nothing was confided to you. You are told by mail as soon as somebody does."),
        Link(_l("Open the list of concerns"), "mentoring.concerns"),
    ),
    Desk(
        [("admin", "platform")],
        _l("Administrator"),
        [
            Link(_l("Outbox and failed messages"), "admin.outbox_list"),
            Link(_l("Journal"), "admin.journal"),
            Link(_l("Roles and invitations"), "accounts.my_offices"),
        ],
        _l("Invite the secretariat, then see that mail leaves."),
        Link(_l("Invite somebody"), "accounts.my_offices"),
    ),
)
_OWN = Desk(
    [],
    _l("My own"),
    [
        Link(_l("My learning"), "courses.mine"),
        Link(_l("My applications"), "exchange.my_applications"),
        Link(_l("My applications to joint degrees"), "programmes.my_applications"),
        Link(_l("My programme"), "programmes.my_study"),
        Link(_l("My mentoring"), "mentoring.mine"),
        Link(_l("My record"), "record.mine"),
        Link(_l("My certificates"), "credentials.mine"),
        Link(_l("My profile"), "accounts.profile"),
    ],
    _l("Find a short course and enrol. Many are open to everybody."),
    Link(_l("Find a course"), "courses.catalogue"),
)
_OWN_EXCHANGE = Desk(
    [],
    _l("Exchange"),
    [],
    _l("See which calls are open and, rule by rule, whether you are eligible."),
    Link(_l("See open calls"), "exchange.index"),
)
_OWN_PROFILE = Desk(
    [],
    _l("My profile"),
    [],
    _l("Write your name as your passport has it and in your own script: certificates print it so."),
    Link(_l("Complete your profile"), "accounts.profile"),
)


def desks_of(actor: Actor) -> list[Desk]:
    """The desks of the actor's roles, their own matters last."""
    held = {(role.role, role.scope_kind) for role in actor.roles}
    return [desk for desk in _DESKS if held.intersection(desk.roles)] + [_OWN]


def first_steps(actor: Actor, *, has_profile: bool) -> list[Desk]:
    """What somebody new does first: by their roles, or as a learner and scientist without any."""
    by_role = [desk for desk in desks_of(actor) if desk is not _OWN]
    return by_role or [_OWN, _OWN_EXCHANGE, *([] if has_profile else [_OWN_PROFILE])]
