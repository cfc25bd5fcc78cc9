"""The posts and the applicants of the demo's calls, as text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Draft:
    """A post as its host writes it: whose, in which lab, and what it says."""

    account: str
    lab: str
    title_en: str
    title_zh: str
    duties: str
    requirements: str
    sub_centres: tuple[str, ...]
    places: int = 1
    months: int = 6


_RESPIRATORY = "State Key Laboratory of Respiratory Disease"
_NATURAL = "State Key Laboratory of Natural and Biomimetic Drugs"
_FIELD = "Sample Laboratory of Field Epidemiology"

POSTS = {
    "sequencing": Draft(
        "host",
        _RESPIRATORY,
        "Sequencing of respiratory viruses from sentinel hospitals",
        "哨点医院呼吸道病毒测序",
        "Prepare libraries from swabs of five sentinel hospitals, run them on a bench-top sequencer, and place the "
        "genomes beside those of the region. You bring samples or data of your own country if its rules allow it.",
        "Experience with PCR. Programming is welcome but not needed: you learn it here.",
        ("communicable-disease", "health-big-data"),
        places=2,
    ),
    "ventilation": Draft(
        "host",
        _RESPIRATORY,
        "Ventilation and airborne infection in crowded clinics",
        "拥挤诊所的通风与空气传播感染",
        "Measure carbon dioxide and air changes in waiting rooms, model the risk of infection, and test what opening "
        "windows, fans and filters change. The protocol is then repeated in a clinic of your own country.",
        "A degree in medicine, engineering or environmental health.",
        ("climate-environment", "communicable-disease"),
        months=12,
    ),
    "plants": Draft(
        "mentor",
        _NATURAL,
        "Antimicrobial compounds from medicinal plants of the region",
        "区域药用植物抗菌成分研究",
        "Extract and separate compounds from plants that are used against infections in South-East Asia, and test "
        "them against resistant strains. Rights of the countries of origin are settled before any sample travels.",
        "Chemistry or pharmacy, with a year of work in a laboratory.",
        ("health-technology", "regulatory-cooperation"),
        places=2,
    ),
    "dengue": Draft(
        "instructor3",
        _FIELD,
        "Dengue surveillance across the border",
        "跨境登革热监测",
        "Bring together weekly reports of both sides of a land border, find out where they disagree and why, and "
        "write the procedure by which districts warn each other within a day.",
        "Work in a public health office at district or province level.",
        ("communicable-disease", "climate-environment", "health-emergency"),
        places=2,
    ),
    "early-warning": Draft(
        "coordinator-cn",
        _FIELD,
        "Early warning from pharmacies and schools",
        "利用药店与学校数据开展早期预警",
        "Test whether sales of fever medicine and absence from school announce outbreaks before clinics do.",
        "Statistics at the level of a master's degree.",
        ("health-big-data", "health-emergency"),
    ),
}

# What each applicant writes, and by whom their home side speaks: a coordinator here, or an office without account.
STATEMENTS = {
    "scientist": "In Vientiane we sequence abroad and wait for months. I want to learn it so that we can do it at "
    "home, and I have the agreement of my dean to set up the bench when I return.",
    "scientist-la": "I run the dengue desk of three provinces that border China. We learn of outbreaks on the other "
    "side from traders. I would like to change that.",
    "scientist-kh": "My doctorate was on the air in tuberculosis wards. Our clinics are crowded and their windows "
    "are shut; I want measurements that convince architects.",
    "scientist-vn": "I study plants that midwives of the north use. I need a laboratory that can say what is in them.",
    "scientist-id": "For eight years I have led the early warning of a province of nine million people on paper "
    "forms. I want to build it anew.",
    "scientist-mm": "Our teams report by radio. I want to find out which few figures are worth the battery.",
    "scientist-th": "I model the spread of respiratory viruses and have never held a pipette. I want to understand "
    "what my data are.",
    "scientist-ph": "As a clinical pharmacist I see resistance every day. I want to help to find what comes next.",
    "scientist-my": "My group has samples of four hundred households and no sequencer. Together we could read them.",
    "scientist-tl": "There is no virologist in my country yet. I would like to be the first one.",
}
COORDINATORS = {
    "scientist": "home",
    "scientist-la": "home",
    "scientist-kh": "coordinator-kh",
    "scientist-vn": "coordinator-vn",
    "scientist-id": "coordinator-id",
    "scientist-th": "partner",
}
OFFICES = {
    "scientist-mm": "Sample Department of Medical Research",
    "scientist-ph": "Sample Council for Health Research",
    "scientist-my": "Sample Institutes of Health",
    "scientist-tl": "Sample Ministry of Health",
}
REVIEWS = (
    "A clear question, and the applicant has shown before that they finish what they begin.",
    "The plan fits the post. The first month is too full; the rest is well thought out.",
    "Modest in method and strong in use: the home institution would work with the result at once.",
    "Good training and good will. I miss what happens when the samples come late.",
    "The best prepared file that I have read in this call.",
)
