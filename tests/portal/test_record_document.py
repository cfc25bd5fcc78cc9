"""The record on paper: names in every script as in the golden pictures, and as many pages as it needs."""

from pathlib import Path
from typing import Any

import pytest

from lms.core import pdf
from lms.portal.record.document import HEADING, data_of
from tests.core.test_pdf import ISSUED, NAMES, both
from tests.golden import check_golden, pictures

GOLDEN = Path(__file__).with_name("golden")
SCRIPTS = ("khmer", "lao", "burmese", "thai", "vietnamese")
COURSE = {
    "kind": both("Short course", "短期课程"),
    "title": both("Field Epidemiology and Outbreak Investigation", "现场流行病学与疫情调查"),
    "organisations": [both("Sample University", "样例大学")],
    "state": both("Completed", "已完成"),
    "from_on": "2026-02-01",
    "to_on": "2026-03-20",
    "facts": [
        {"label": both("Learning hours", "学时"), "value": "24"},
        {"label": both("Quiz mark", "测验成绩"), "value": "92 %"},
    ],
    "code": "K7QD-3MXA-92FW",
}
STAY = {
    "kind": both("Research placement", "科研访问"),
    "title": both("Dengue surveillance in border districts", "边境地区登革热监测"),
    "organisations": [both("Sample Medical University", "样例医科大学")],
    "state": both("Under way", "进行中"),
    "from_on": "2026-09-01",
    "to_on": "",
    "facts": [{"label": both("Laboratory", "实验室"), "value": both("Sample Laboratory", "样例实验室")}],
    "code": "",
}


def confirmed_by(name: str) -> list[dict[str, Any]]:
    return [
        {
            "what": both("All requirements met", "已达到全部要求"),
            "on": "2026-03-20",
            "name": name,
            "office": [both("Dean", "院长")],
            "organisation": both("Sample University", "样例大学"),
        }
    ]


def record(name: str, *other_forms: str, entries: int = 2) -> dict[str, Any]:
    kinds = [COURSE, STAY] * entries
    content = {
        "issuer": both("Sample Centre for Public Health Cooperation", "公共卫生合作样例中心"),
        "heading": HEADING,
        "holder": {"name": name, "other_forms": list(other_forms)},
        "valid_until": "2027-05-19",
        "code": "K7QD-3MXA-92FW",
        "body": {
            "as_of": "2026-11-20",
            "entries": [{**one, "confirmations": confirmed_by(name)} for one in kinds[:entries]],
        },
    }
    return data_of(content, verify_url="https://platform.example.org/verify/K7QD-3MXA-92FW", demo=False)


@pytest.mark.parametrize("script", SCRIPTS)
def test_names_stand_in_the_record_as_in_the_golden_picture(script: str) -> None:
    (page,) = pictures("record", record(*NAMES[script]), 72)
    check_golden(page.crop((0, 0, page.width, page.height * 6 // 10)), GOLDEN / f"record-{script}.png")


def test_a_long_record_runs_over_pages_that_each_name_it() -> None:
    pages = pictures("record", record("Suharyanti", entries=12), 48)
    assert len(pages) == 4
    for page in pages:
        assert page.crop((0, page.height - 45, page.width, page.height)).getextrema()[0] < 128


def test_the_record_is_tagged_and_archivable() -> None:
    file = pdf.render("record", record("Suharyanti"), title="Record", language="en", issued_at=ISSUED)
    assert b"<pdfaid:part>2</pdfaid:part>" in file
    assert b"<pdfuaid:part>1</pdfuaid:part>" in file
