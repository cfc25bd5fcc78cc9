"""The persons of the journeys: twice, in the demo world and at other universities of other countries."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

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
    slug: str = ""
    zone: str = "Asia/Shanghai"

    @property
    def shown(self) -> tuple[str, ...]:
        """Every form of the name that a certificate must show."""
        return tuple(name for name in (self.name, self.local) if name)


@dataclass
class Cast:
    """The persons of a journey by their part in it, a browser for each, and addresses that they note down."""

    site: Site
    people: dict[str, Person]
    open_browser: Callable[..., Visitor]
    folder: Path
    browsers: dict[str, Visitor] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

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


# In which fixture each of the two worlds is; the tests of one world share a process, and so its database.
SITES = {"fresh": "empty_site", "demo": "site"}

FRESH = {
    "secretariat": Person(SECRETARIAT, "Fang Ruolan"),
    # A short course of a university in Indonesia.
    "issuer": Person(
        "sulastri@unair.example", "Sulastri", given="SULASTRI", nationality="Indonesia",
        home="Universitas Airlangga", slug="universitas-airlangga", zone="Asia/Jakarta",
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
        local="ວິໄລພອນ ແສງດາລາ", local_language="Lao", nationality="Lao",
        home="National University of Laos", zone="Asia/Vientiane",
    ),
    "patient": Person(
        "hnin@ummdy.example", "Hnin", given="HNIN", local="နှင်း", local_language="Burmese",
        nationality="Myanmar", home="University of Medicine, Mandalay", zone="Asia/Yangon",
    ),
}  # fmt: skip

DEMO = {
    "secretariat": Person("secretariat@demo.example", "Chen Yulin"),
    "issuer": Person("partner@demo.example", "Pimchanok Srisawat", home="Mahidol University"),
    "instructor": Person("instructor@demo.example", "Anchalee Thongdee", home="Mahidol University"),
    "student": Person("student@demo.example", "Sok Chanthou", local="សុខ ចន្ធូ"),
    "home": Person("coordinator-kh@people.example", "Chea Sopheap"),
    "applicant": Person("learner-la@people.example", "Noy Phommachanh", local="ນ້ອຍ ພົມມະຈັນ"),
    "patient": Person("learner-mm@people.example", "Thiri", local="သီရိ"),
}

FRESH_EXCHANGE = {
    "secretariat": FRESH["secretariat"],
    "host_office": Person(
        "yunhe@kmmu.example", "Duan Yunhe", family="DUAN", given="YUNHE", local="段云鹤", local_language="Simplified Chinese",
        zh="段云鹤", nationality="China", home="Kunming Medical University", slug="kunming-medical-university",
    ),
    "host": Person(
        "zhixin@kmmu.example", "Ma Zhixin", family="MA", given="ZHIXIN", zh="马志新", nationality="China",
        home="Kunming Medical University",
    ),
    "home_office": Person(
        "khin@ummg.example", "Khin Myat Noe", given="KHIN MYAT NOE", local="ခင်မြတ်နိုး", local_language="Burmese",
        nationality="Myanmar", home="University of Medicine, Magway", zone="Asia/Yangon",
    ),
    "scientist": Person(
        "thandar@ummg.example", "Thandar", given="THANDAR", local="သန္တာ", local_language="Burmese",
        nationality="Myanmar", home="University of Medicine, Magway", zone="Asia/Yangon",
    ),
    "second": Person(
        "bounthavy@mahosot.example", "Bounthavy Keosavang", family="KEOSAVANG", given="BOUNTHAVY",
        local="ບຸນທະວີ ແກ້ວສະຫວັງ", local_language="Lao", nationality="Lao", home="Mahosot Hospital",
        zone="Asia/Vientiane",
    ),
    "third": Person(
        "dara@calmette.example", "Chhun Dara", family="CHHUN", given="DARA", local="ឈុន ដារ៉ា",
        local_language="Khmer", nationality="Cambodia", home="Calmette Hospital", zone="Asia/Phnom_Penh",
    ),
    "fourth": Person(
        "eiphyu@ummg.example", "Ei Phyu Sin", given="EI PHYU SIN", local="အိဖြူစင်", local_language="Burmese",
        nationality="Myanmar", home="University of Medicine, Magway", zone="Asia/Yangon",
    ),
    "reviewer1": Person(
        "farah@usm.example", "Nur Farah binti Osman", given="NUR FARAH BINTI OSMAN", nationality="Malaysia",
        home="Universiti Sains Malaysia", zone="Asia/Kuala_Lumpur",
    ),
    "reviewer2": Person(
        "malee@cmu.example", "Malee Phromsiri", family="PHROMSIRI", given="MALEE", nationality="Thailand",
        home="Chiang Mai University", zone="Asia/Bangkok",
    ),
    # Works at the hospital of one of the applicants.
    "tied": Person(
        "sengdao@mahosot.example", "Sengdao Phetsavong", family="PHETSAVONG", given="SENGDAO", nationality="Lao",
        home="Mahosot Hospital", zone="Asia/Vientiane",
    ),
}  # fmt: skip

DEMO_EXCHANGE = {
    "secretariat": DEMO["secretariat"],
    "host_office": Person("host@demo.example", "Lin Wenjing"),
    "host": Person("host@demo.example", "Lin Wenjing"),
    "home_office": Person("home@demo.example", "Bounmy Sisavath", home="University of Health Sciences"),
    "scientist": Person("scientist@demo.example", "Souphaphone Keomany", nationality="Lao"),
    "second": Person("scientist-vn@people.example", "Lê Thị Bảo Châu", nationality="Viet"),
    "third": Person("scientist-kh@people.example", "Heng Ratanak", local="ហេង រតនៈ", nationality="Cambodia"),
    "fourth": Person("scientist-la@people.example", "Khamphone Vongsa", nationality="Lao"),
    "reviewer1": Person("reviewer@demo.example", "Siti Aisyah binti Abdul Rahman"),
    "reviewer2": Person("reviewer3@people.example", "Goh Li Ying"),
    "tied": Person("reviewer2@people.example", "Nguyễn Văn Khải"),
}

FRESH_MENTORING = {
    "secretariat": FRESH["secretariat"],
    "coordinator": Person(
        "thanom@kku.example", "Thanom Wongsa", family="WONGSA", given="THANOM", local="ถนอม วงศา", local_language="Thai",
        nationality="Thailand", home="Khon Kaen University", zone="Asia/Bangkok",
    ),
    "contact": Person(
        "ratna@ui.example", "Ratna Dewi", given="RATNA DEWI", nationality="Indonesia", home="Universitas Indonesia",
        zone="Asia/Jakarta",
    ),
    "first": Person(
        "guoan@fudan.example", "Tang Guoan", family="TANG", given="GUOAN", zh="唐国安", nationality="China",
        home="Fudan University",
    ),
    "second": Person(
        "corazon@upm.example", "Corazon Aquino Reyes", family="REYES", given="CORAZON AQUINO", nationality="Philippines",
        home="University of the Philippines Manila", zone="Asia/Manila",
    ),
    "mentee": Person(
        "sengphet@champasak.example", "Sengphet Douangchak", family="DOUANGCHAK", given="SENGPHET",
        local="ແສງເພັດ ດວງຈັກ", local_language="Lao", nationality="Lao", home="National University of Laos",
        zone="Asia/Vientiane",
    ),
}  # fmt: skip

DEMO_MENTORING = {
    "secretariat": DEMO["secretariat"],
    "coordinator": Person("partner@demo.example", "Pimchanok Srisawat", zone="Asia/Bangkok"),
    "contact": Person("reviewer2@people.example", "Nguyễn Văn Khải"),
    "first": Person("instructor@demo.example", "Anchalee Thongdee", zone="Asia/Bangkok"),
    "second": Person("mentor@demo.example", "Zhao Minghua", zone="Asia/Shanghai"),
    "mentee": Person("learner-vn@people.example", "Vũ Hoàng Long", zone="Asia/Ho_Chi_Minh"),
}

FRESH_JOINT = {
    "secretariat": FRESH["secretariat"],
    "coordinating": Person(
        "ziqing@sysu.example", "Luo Ziqing", family="LUO", given="ZIQING", zh="罗子青", nationality="China",
        home="Sun Yat-sen University", slug="sun-yat-sen-university",
    ),
    "partner": Person(
        "sombat@cmu.example", "Sombat Inthakan", family="INTHAKAN", given="SOMBAT", local="สมบัติ อินทกาญจน์",
        local_language="Thai", nationality="Thailand", home="Prince of Songkla University",
        slug="prince-of-songkla-university", zone="Asia/Bangkok",
    ),
    "student": Person(
        "kanya@psu.example", "Kanya Sae-lim", family="SAE-LIM", given="KANYA", local="กัญญา แซ่ลิ้ม",
        local_language="Thai", nationality="Thailand", home="Prince of Songkla University", zone="Asia/Bangkok",
    ),
    "second": Person(
        "rotha@puthisastra.example", "Meas Rotha", family="MEAS", given="ROTHA", local="មាស រដ្ឋា",
        local_language="Khmer", nationality="Cambodia", home="University of Puthisastra", zone="Asia/Phnom_Penh",
    ),
}  # fmt: skip

DEMO_JOINT = {
    "secretariat": DEMO["secretariat"],
    "coordinating": Person("host@demo.example", "Lin Wenjing", home="Guangzhou Medical University"),
    "partner": Person("partner@demo.example", "Pimchanok Srisawat", home="Mahidol University"),
    "student": Person(
        "scientist-th@people.example", "Kittipong Charoensuk", local="กิตติพงษ์ เจริญสุข", nationality="Thailand"
    ),
    "second": Person("scientist-kh@people.example", "Heng Ratanak", nationality="Cambodia"),
}
