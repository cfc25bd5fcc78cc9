"""Grade scales: numbers (also inverted ones), letters, and codes that are no grade.

A scale reads what somebody typed and says what it means; it never changes it into something else.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

from lms.core.i18n import lazy_gettext as _l
from lms.recognition.errors import RecognitionError

# passed and failed: graded, or judged without a grade; credited: recognised from elsewhere; open: still to come,
# such as incomplete; withdrawn: nothing to come; none: without credit, such as audited.
Outcome = Literal["passed", "failed", "credited", "open", "withdrawn", "none"]
OUTCOMES: tuple[Outcome, ...] = ("passed", "failed", "credited", "open", "withdrawn", "none")
EARNING = frozenset({"passed", "credited"})


@dataclass(frozen=True)
class Grade:
    """What a text on a scale means. `rank` 0 is the best letter; `number` is the grade or the points of a letter."""

    text: str
    outcome: Outcome
    number: Decimal | None = None
    rank: int | None = None

    @property
    def earns_credit(self) -> bool:
        """Whether the credits of the module are earned by it."""
        return self.outcome in EARNING


@dataclass(frozen=True)
class Letter:
    """One letter of a scale, with its points where the scale has them."""

    grade: str
    points: Decimal | None
    passes: bool


@dataclass(frozen=True)
class Scale:
    """A grade scale as it was valid from a day. Numbers have `best`, `worst`, `passing` and `step`; letters are in
    order, the best first. `codes` are texts that are no grade, with what they mean.
    """

    code: str
    name_en: str
    name_zh: str
    valid_from: date
    source: str
    country: str = ""
    institution: str = ""
    best: Decimal | None = None
    worst: Decimal | None = None
    passing: Decimal | None = None
    step: Decimal | None = None
    letters: tuple[Letter, ...] = ()
    codes: tuple[tuple[str, Outcome], ...] = ()

    @property
    def is_numeric(self) -> bool:
        """Whether its grades are numbers."""
        return not self.letters

    @property
    def is_inverted(self) -> bool:
        """Whether the lower number is the better one."""
        return self.best is not None and self.worst is not None and self.best < self.worst

    def passes(self, number: Decimal) -> bool:
        """Whether a number passes on a numeric scale."""
        assert self.passing is not None
        return number <= self.passing if self.is_inverted else number >= self.passing

    def read(self, text: str) -> Grade:
        """What a typed grade means. Capitals and spaces around do not matter. Raises RecognitionError for one that
        is not on this scale.
        """
        wanted = "".join(text.split()).casefold()
        for code, outcome in self.codes:
            if code.casefold() == wanted:
                return Grade(code, outcome)
        return self._number(text.strip()) if self.is_numeric else self._letter(wanted)

    def _letter(self, wanted: str) -> Grade:
        for rank, letter in enumerate(self.letters):
            if letter.grade.casefold() == wanted:
                return Grade(letter.grade, "passed" if letter.passes else "failed", letter.points, rank)
        raise RecognitionError(
            _l("This grade is not on the scale. Use one of: %(grades)s.", grades=", ".join(self.allowed))
        )

    def _number(self, text: str) -> Grade:
        assert self.best is not None
        assert self.worst is not None
        assert self.step is not None
        low, high = sorted((self.best, self.worst))
        try:
            number = Decimal(text.replace(",", ".")) + 0  # no grade is minus zero
        except InvalidOperation:
            number = Decimal("NaN")
        if not (number.is_finite() and low <= number <= high and number % self.step == 0):
            raise RecognitionError(
                _l(
                    "Enter a number from %(low)s to %(high)s in steps of %(step)s.",
                    low=low,
                    high=high,
                    step=self.step,
                )
            )
        return Grade(f"{number.normalize():f}", "passed" if self.passes(number) else "failed", number)

    @property
    def allowed(self) -> list[str]:
        """The texts that the scale lists: its letters and codes."""
        return [letter.grade for letter in self.letters] + [code for code, _outcome in self.codes]
