"""The printed transcript: every script of the region shaped as in the golden pictures, over as many pages as it needs."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lms.core import pdf
from lms.programmes.queries import study as queries
from lms.programmes.services import award
from lms.programmes.transcript import transcript
from tests.factories import actor_of, make_person
from tests.golden import check_golden
from tests.programmes.studying import grade_all, make_student, make_world

GOLDEN = Path(__file__).with_name("golden")
URL = "https://platform.example.org/verify/K7QD-3MXA-92FW"
NAMES = {
    "khmer": ("ស្រ៊ុន កញ្ញារ័ត្ន", "SRUN Kanharoth"),
    "lao": ("ດວງໃຈ ສີສະຫວັດ", "SISAVATH Duangchai"),
    "burmese": ("ခင်သန္တာကြွယ်", "Khin Thandar Kywe"),
    "thai": ("น้ำผึ้ง ปิ่นศิริวัฒน์กุล", "PINSIRIWATKUL Namphueng", "南蓬"),
    "vietnamese": ("Nguyễn Thị Hồng Ngọc", "阮氏红玉"),
}


def both(en: str, zh: str) -> pdf.Bilingual:
    return {"en": en, "zh": zh}


def row(code: str, grade: str, converted: str) -> dict[str, Any]:
    return {
        "code": code,
        "title": both("Outbreak investigation", "疫情调查"),
        "institution": both("Mahidol University", "玛希隆大学"),
        "credits": "3",
        "credit_unit": "TH",
        "converted_credits": "5",
        "grade": grade,
        "scale": both("Thai letter scale", "泰国字母等级制"),
        "converted_grade": converted,
        "method": both("In proportion between pass and top", "按及格线与满分之间的比例折算"),
    }


def data(*names: str, rows: int = 2) -> dict[str, Any]:
    content = {
        "issuer": both("Peking University · Mahidol University", "北京大学 · 玛希隆大学"),
        "heading": both("Transcript of records", "成绩单"),
        "holder": {"name": names[0], "other_forms": names[1:]},
        "title": both("Master of Global Health", "全球卫生硕士"),
        "dates": both("Dates of study", "学习时间"),
        "from_on": "2025-09-01",
        "to_on": None,
        "issued_on": "2026-11-20",
        "code": "K7QD-3MXA-92FW",
        "body": {
            "facts": [{"label": both("Credits earned", "已获学分"), "value": "10 / 120 ECTS"}],
            "terms": [
                {
                    "title": both("Semester 1", "第1学期"),
                    "rows": [row(f"TH{number}", "B+", "93.3") for number in range(rows)],
                }
            ],
            "credit_unit": "ECTS",
            "scale_unit": both("Chinese percentage scale", "中国百分制"),
            "notes": [
                {
                    "institution": both("Mahidol University", "玛希隆大学"),
                    "credits": both("Credit of Thai universities", "泰国高校学分"),
                    "factor": "1 TH = 5/3 ECTS",
                    "factor_source": "Annex 2",
                    "scale": both("Thai letter scale", "泰国字母等级制"),
                    "explained": both("passed: A, B+, B; failed: F", "通过：A, B+, B；不通过：F"),
                    "method": both("In proportion between pass and top", "按及格线与满分之间的比例折算"),
                    "agreed": both("Agreed by all parties", "各方约定"),
                }
            ],
        },
    }
    return transcript(content, verify_url=URL, demo=False)


def pictures(values: dict[str, Any], pixels_per_inch: int = 64) -> list[Image.Image]:
    pages = pdf.render_png("transcript", values, title="Sample", language="en", pixels_per_inch=pixels_per_inch)
    return [Image.open(io.BytesIO(page)).convert("L") for page in pages]


def test_the_whole_page_is_as_in_the_golden_picture() -> None:
    (page,) = pictures(data(*NAMES["khmer"]))
    check_golden(page, GOLDEN / "transcript.png")


@pytest.mark.parametrize("script", NAMES)
def test_names_are_shaped_as_in_the_golden_pictures(script: str) -> None:
    (page,) = pictures(data(*NAMES[script]), 96)
    check_golden(page.crop((60, 140, 540, 270)), GOLDEN / f"transcript-{script}.png")


def test_a_long_transcript_runs_over_several_pages_and_each_names_its_holder() -> None:
    pages = pictures(data("Suharyanti", rows=40), 48)
    assert len(pages) >= 3
    for page in pages:
        footer = page.crop((0, page.height - 42, page.width, page.height))
        assert footer.getextrema()[0] < 128


def test_what_was_signed_is_what_is_printed(system) -> None:
    world = make_world(system)
    student = make_student(world, person=make_person(system, name="Suharyanti"))
    grade_all(world, student)
    fresh = queries.student_by_id(student.id)
    paper = award.issue_transcript(actor_of(fresh.person), fresh)
    from lms.credentials.rules import content_of

    values = transcript(content_of(paper), verify_url=URL, demo=True)
    file = pdf.render("transcript", values, title="Transcript", language="en", issued_at=paper.issued_at)
    assert file.startswith(b"%PDF-")


def test_a_name_with_a_character_no_font_has_is_refused() -> None:
    with pytest.raises(pdf.UnprintableText):
        pictures(data("Ada \U00013000"))
