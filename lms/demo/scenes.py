"""What a presenter shows: each journey scene by scene, with who acts and where it begins."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l


@dataclass(frozen=True)
class Scene:
    """A moment of a journey: the account that acts (nobody: a visitor), the page, and what happens there."""

    account: str
    address: str
    title: Text
    text: Text


@dataclass(frozen=True)
class Journey:
    """A way through the platform. `minutes` is how long it takes to show."""

    name: str
    title: Text
    minutes: int
    scenes: Sequence[Scene]


JOURNEYS = (
    Journey(
        "course",
        _l("A short course"),
        4,
        (
            Scene(
                "",
                "/courses/",
                _l("Finding a course"),
                _l("Search, filter by sub research centre and language, and open one. No account is needed to look."),
            ),
            Scene(
                "instructor",
                "/courses/teaching",
                _l("Teaching"),
                _l("Open a course: pages with pictures and formulas, a quiz, offerings, and who has finished."),
            ),
            Scene(
                "student",
                "/courses/mine",
                _l("Learning"),
                _l("Go on with the course that is under way, answer its quiz, and see what is left to do."),
            ),
            Scene(
                "home",
                "/dashboard",
                _l("Deciding on applications"),
                _l("Everything that waits for the office stands on one page. Approve an application for a course."),
            ),
            Scene(
                "",
                "/verify/",
                _l("Checking a certificate"),
                _l("Enter a code from a certificate, or hand in its PDF. Anybody may, an employer or an embassy."),
            ),
        ),
    ),
    Journey(
        "exchange",
        _l("The young-scientist exchange"),
        6,
        (
            Scene(
                "secretariat",
                "/exchange/manage/calls/",
                _l("Opening a call"),
                _l("One call in each phase. Open the spring call: its rules, posts, quotas and dates."),
            ),
            Scene(
                "scientist",
                "/exchange/applications/",
                _l("Applying"),
                _l("Go on with the draft. It saves itself at each step and says rule by rule what is missing."),
            ),
            Scene(
                "home",
                "/endorsements/",
                _l("Endorsing"),
                _l("The coordinator of the home university endorses, or refuses and says why."),
            ),
            Scene(
                "reviewer",
                "/reviews/",
                _l("Reviewing"),
                _l("Score an application by its criteria. Nobody is given people with whom they declared ties."),
            ),
            Scene(
                "host",
                "/exchange/ranking/",
                _l("Ranking"),
                _l("The host puts the applicants for its posts in order, and may refuse one with a reason."),
            ),
            Scene(
                "secretariat",
                "/exchange/manage/calls/",
                _l("Allocating and releasing"),
                _l("Move the time over the release below. Then open the summer call: decisions, offers and figures."),
            ),
            Scene(
                "scientist",
                "/dashboard",
                _l("Answering an offer"),
                _l("Accept the offer, and the placement begins. Move the time over its expiry instead, and it lapses."),
            ),
            Scene(
                "host",
                "/exchange/placements/",
                _l("Staying"),
                _l("A placement from its checklist to the countersigned report and the certificate."),
            ),
        ),
    ),
    Journey(
        "degree",
        _l("A joint degree"),
        5,
        (
            Scene(
                "",
                "/programmes/",
                _l("Finding a programme"),
                _l("Programmes of several universities, with their award, places and deadlines. Open one."),
            ),
            Scene(
                "host",
                "/programmes/office/",
                _l("Agreeing"),
                _l("The agreement with its signatures, each state's approval, the curriculum and the intakes."),
            ),
            Scene(
                "partner",
                "/programmes/decisions/",
                _l("Deciding at each university"),
                _l("The second university decides in its own queue. Of the other's side it sees what they agreed on."),
            ),
            Scene(
                "student",
                "/programmes/applications/",
                _l("Answering an offer"),
                _l("The offer has the word of every university. Accept it, and be a student at each of them."),
            ),
            Scene(
                "partner",
                "/programmes/sheets/",
                _l("Grades"),
                _l("Each university enters the grades of its modules on its own scale, by hand or from a table."),
            ),
            Scene(
                "partner",
                "/programmes/awards/",
                _l("The degree"),
                _l("One degree waits for the word of this university. Concur, and its certificate can be checked."),
            ),
            Scene(
                "scientist-ph",
                "/programmes/study/",
                _l("One transcript"),
                _l("A graduate's plan and transcript: every grade on the scale on which it was given, and converted."),
            ),
        ),
    ),
    Journey(
        "mentoring",
        _l("Mentoring"),
        3,
        (
            Scene(
                "",
                "/mentoring/",
                _l("Finding a scheme"),
                _l("Who may take part, for how long, and how mentors and mentees are brought together."),
            ),
            Scene(
                "mentor",
                "/mentoring/mine",
                _l("Answering a proposal"),
                _l("A proposal comes with its reasons in words: shared fields, hours and languages. Say yes."),
            ),
            Scene(
                "scientist",
                "/mentoring/mine",
                _l("A mentorship"),
                _l("Goals, meetings in both time zones, and notes. Either side may end it without giving a reason."),
            ),
            Scene(
                "secretariat",
                "/mentoring/manage/",
                _l("Finding pairs"),
                _l("Open a scheme: who takes part, pairs with their scores, and which mentorships have gone quiet."),
            ),
        ),
    ),
    Journey(
        "record",
        _l("One record"),
        2,
        (
            Scene(
                "scientist-ph",
                "/record/",
                _l("Everything on one page"),
                _l("What somebody did here, and who confirmed it. Filter by kind."),
            ),
            Scene(
                "scientist-ph",
                "/record/documents/new",
                _l("One verified document"),
                _l("Choose what it lists. It is printed in English and Chinese, and anybody can check its code."),
            ),
            Scene(
                "scientist-ph",
                "/record/links/new",
                _l("A link that ends"),
                _l("Choose what it shows and for how long. Open it elsewhere, then move the time over its end."),
            ),
            Scene(
                "secretariat",
                "/figures/",
                _l("Figures"),
                _l("People trained, placed, in degrees and mentored, each figure with its definition and a plot."),
            ),
        ),
    ),
)


@dataclass(frozen=True)
class Presented:
    """The scene that is being shown, and the one that follows it in its journey."""

    journey: str
    number: int
    scene: Scene
    following: Scene | None


def scene_of(journey: str, number: int) -> Scene | None:
    """A scene by its journey and its number from 1; None when there is no such scene."""
    for one in JOURNEYS:
        if one.name == journey and 1 <= number <= len(one.scenes):
            return one.scenes[number - 1]
    return None
