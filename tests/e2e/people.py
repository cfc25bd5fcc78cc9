"""The persons of the journeys: twice, in the demo world and at other universities of other countries."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.e2e.site import SECRETARIAT, Site
from tests.e2e.visitor import Visitor


@dataclass(frozen=True)
class Person:
    """Somebody, as they would fill in the form."""

    email: str
    name: str
    family: str = ""
    given: str = ""
    local: str = ""
    local_language: str = ""
    zh: str = ""
    nationality: str = ""
    home: str = ""
    zone: str = "Asia/Shanghai"

    @property
    def shown(self) -> tuple[str, ...]:
        """Every form of the name that a certificate must show."""
        return tuple(name for name in (self.name, self.local) if name)


@dataclass
class Cast:
    """The persons of a journey by their part in it, and a browser for each."""

    site: Site
    people: dict[str, Person]
    open_browser: Callable[..., Visitor]
    browsers: dict[str, Visitor] = field(default_factory=dict)

    def __getitem__(self, part: str) -> Person:
        return self.people[part]

    def browser_of(self, part: str) -> Visitor:
        """The browser in which somebody is at work."""
        if part not in self.browsers:
            self.browsers[part] = self.open_browser(self.site)
        return self.browsers[part]

    def newcomer(self) -> Visitor:
        """A browser that nobody has signed in with."""
        return self.open_browser(self.site)


FRESH = {
    "secretariat": Person(SECRETARIAT, "Fang Ruolan"),
    # A short course of a university in Indonesia.
    "issuer": Person(
        "sulastri@unair.example", "Sulastri", given="SULASTRI", nationality="Indonesia",
        home="Universitas Airlangga", zone="Asia/Jakarta",
    ),
    "instructor": Person(
        "bambang@unair.example", "Bambang Widodo", family="WIDODO", given="BAMBANG", nationality="Indonesia",
        home="Universitas Airlangga", zone="Asia/Jakarta",
    ),
    "student": Person(
        "sovannara@puthisastra.example", "Phan Sovannara", family="PHAN", given="SOVANNARA",
        local="ផាន់ សុវណ្ណារ៉ា", local_language="Khmer", nationality="Cambodia",
        home="University of Puthisastra", zone="Asia/Phnom_Penh",
    ),
    "home": Person(
        "dararith@puthisastra.example", "Kim Dararith", family="KIM", given="DARARITH",
        local="គឹម ដារារិទ្ធ", local_language="Khmer", nationality="Cambodia",
        home="University of Puthisastra", zone="Asia/Phnom_Penh",
    ),
    "applicant": Person(
        "vilayphone@nuol.example", "Vilayphone Sengdara", family="SENGDARA", given="VILAYPHONE",
        local="ວິໄລພອນ ແສງດາລາ", local_language="Lao", nationality="Laos",
        home="National University of Laos", zone="Asia/Vientiane",
    ),
    "patient": Person(
        "hnin@ummdy.example", "Hnin", given="HNIN", local="နှင်း", local_language="Burmese",
        nationality="Myanmar (Burma)", home="University of Medicine, Mandalay", zone="Asia/Yangon",
    ),
}  # fmt: skip

DEMO = {
    "secretariat": Person("secretariat@demo.example", "Chen Yulin"),
    "issuer": Person("partner@demo.example", "Pimchanok Srisawat", home="Mahidol University"),
    "instructor": Person("instructor@demo.example", "Anchalee Thongdee", home="Mahidol University"),
    "student": Person("student@demo.example", "Sok Chanthou", local="សុខ ចន្ធូ"),
    "home": Person("coordinator-kh@demo.example", "Chea Sopheap"),
    "applicant": Person("learner-la@demo.example", "Noy Phommachanh", local="ນ້ອຍ ພົມມະຈັນ"),
    "patient": Person("learner-mm@demo.example", "Thiri", local="သီရိ"),
}
