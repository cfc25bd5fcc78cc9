"""More learners, for those who want to see the lists grow."""

import random

from lms.accounts import queries as accounts
from lms.accounts.services import create_person
from lms.courses.queries import front
from lms.courses.services import enrol
from lms.demo.seed.people import share_record
from lms.demo.seed.world import World
from lms.institutions import queries as institutions
from lms.institutions.services import belong

# Invented names as people of these states write them in Latin letters: first parts, second parts, home.
_NAMES = {
    "CN": (
        ["Zhang", "Li", "Yang", "Zhou"],
        ["Meiling", "Jianguo", "Xinyi", "Haoran"],
        "guangxi-medical-university",
    ),
    "ID": (
        ["Dewi", "Budi", "Rizki", "Putri"],
        ["Lestari", "Santoso", "Pratama", ""],
        "universitas-airlangga",
    ),
    "KH": (["Chan", "Kim", "Ly", "Ros"], ["Dara", "Sothea", "Bopha", "Vuthy"], "university-of-puthisastra"),
    "LA": (["Bouakham", "Manivone", "Phonsavanh"], ["Xayavong", "Chanthavy"], "national-university-of-laos"),
    "MM": (
        ["Khin", "Zaw", "Su", "Min"],
        ["Myat Noe", "Thura", "Htet Aung", ""],
        "university-of-medicine-mandalay",
    ),
    "MY": (["Nur Aina", "Farid"], ["binti Yusof", "bin Hassan"], "universiti-sains-malaysia"),
    "PH": (["Angelica", "Ramon", "Jocelyn"], ["Mendoza", "Salazar"], "west-visayas-state-university"),
    "TH": (["Siriporn", "Thanawat", "Ratchanee"], ["Boonmee", "Saetang"], "khon-kaen-university"),
    "VN": (["Đặng Thị", "Bùi Văn", "Hồ Minh"], ["Lan", "Sơn", "Quân"], "hanoi-medical-university"),
}
_OPEN = ("MEASURES-101-1", "TRANSMISSION-101-1", "PROTECTION-101-1", "QIXIANTU-101-1")


def grow(world: World, wanted: int) -> int:
    """Add learners until there are so many beyond the world's own; how many were new."""
    made = 0
    chance = random.Random(2026)  # noqa: S311 - the same crowd each time
    offerings = [one for one in front.closing_soon(world.system(0), limit=50) if one.code in _OPEN]
    for number in range(1, wanted + 1):
        country = chance.choice(sorted(_NAMES))
        firsts, seconds, home = _NAMES[country]
        name = f"{chance.choice(firsts)} {chance.choice(seconds)}".strip()
        took = [one for one in offerings if chance.random() < 0.6]
        email = f"crowd-{number}@people.example"
        if accounts.person_by_email(email) is not None:
            continue
        actor = world.system(-30)
        institution = institutions.institution_by_slug(home)
        zone = institutions.countries_by_code()[country].zones[0]
        person = create_person(actor, email=email, name=name, is_confirmed=True, nationality=country, zone=zone)
        belong(actor, person=person, institution=institution, role="student")
        share_record(actor, person, institution)
        for offering in took:
            enrol(accounts.actor_of(person.id, world.at(-1)), offering)
        made += 1
    return made
