"""What the steps of the seed share: who is who, and acting as somebody at another time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from lms.accounts import queries as accounts
from lms.core import clock, storage
from lms.core.actor import Actor, system_actor

PASSWORD = "demo-pass-2026"  # noqa: S105 - published, for accounts that exist in demonstrations only


@dataclass
class World:
    """The demo world while it is made. All times are in days from `now`, the moment of seeding."""

    now: datetime
    center: str
    center_zh: str
    people: dict[str, int] = field(default_factory=dict)
    institutions: dict[str, int] = field(default_factory=dict)
    labs: dict[str, int] = field(default_factory=dict)
    sub_centres: dict[str, int] = field(default_factory=dict)
    courses: dict[str, Any] = field(default_factory=dict)
    offerings: dict[str, Any] = field(default_factory=dict)

    def at(self, days: float) -> datetime:
        """The instant that lies so many days from now; negative ones are past."""
        return self.now + timedelta(days=days)

    def wall(self, days: float, hour: int, minute: int, zone: str) -> datetime:
        """The instant at which the clocks of a zone show a time on the day that lies so many days from now."""
        local = self.at(days).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        return clock.deadline_in_zone(local.replace(hour=hour, minute=minute, second=0, microsecond=0), zone)

    def system(self, days: float) -> Actor:
        """The platform itself at that time."""
        return system_actor(self.at(days))

    def acting(self, account: str, days: float) -> Actor:
        """A person at that time, with the roles they held then."""
        return accounts.actor_of(self.people[account], self.at(days))


def staged_picture(name: str, content: bytes) -> storage.StagedFile:
    """A picture as if it had been uploaded."""
    return storage.stage(BytesIO(content), name, kinds=frozenset({"png"}))


def staged_document(title: str) -> storage.StagedFile:
    """A one-page PDF that says what it stands for and that it is a demonstration."""
    return storage.stage(BytesIO(_page(title)), f"{title}.pdf", kinds=frozenset({"pdf"}))


@cache
def _page(title: str) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    from lms.core.pdf_fonts import FONT_FOLDER

    page = Image.new("L", (620, 877), 255)
    canvas = ImageDraw.Draw(page)
    lines = (
        (70, "DEMONSTRATION / 演示", 22, 120),
        (150, title, 30, 30),
        (280, "This page stands for a real document.", 18, 90),
    )
    for y, text, size, grey in lines:
        font = ImageFont.truetype(FONT_FOLDER / "NotoSerifSC-Regular.ttf", size)
        canvas.text((60, y), text, fill=grey, font=font)
    content = BytesIO()
    page.convert("1").save(content, "PDF", resolution=75)
    return content.getvalue()
