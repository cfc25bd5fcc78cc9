"""Printed documents: right in every script, the same bytes every time, and refused rather than wrong."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel, LazyString, get_locale
from PIL import Image

from lms.core import pdf
from tests.golden import check_golden, differs, pictures

GOLDEN = Path(__file__).with_name("golden")
URL = "https://platform.example.org/verify/K7QD-3MXA-92FW"
ISSUED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def both(en: str, zh: str) -> pdf.Bilingual:
    return {"en": en, "zh": zh}


def certificate(name: str = "Suharyanti", *other_forms: str, **changes: Any) -> pdf.CertificateData:
    data: dict[str, Any] = {
        "issuer": both("Sample Centre for Public Health Cooperation", "公共卫生合作样例中心"),
        "kind": both("Certificate of completion", "结业证书"),
        "opening": both("This is to certify that", "兹证明"),
        "holder": {"name": name, "other_forms": other_forms},
        "statement": both("has met all requirements of the short course", "已达到以下短期课程的全部要求"),
        "subject": both("Field Epidemiology and Outbreak Investigation", "现场流行病学与疫情调查"),
        "facts": [
            {"label": both("Learning hours", "学时"), "value": "24"},
            {"label": both("Issued", "颁发日期"), "value": both("20 November 2026", "2026年11月20日")},
        ],
        "signatories": [{"name": "Sample Signatory", "office": both("Director of Training", "培训部主任")}],
        "code": "K7QD-3MXA-92FW",
        "verify_url": URL,
        "verify_label": both("Check this certificate", "核验本证书"),
        "qr_svg": pdf.qr_svg(URL),
        "demo": False,
    }
    return data | changes  # type: ignore[return-value]


def letter(**changes: Any) -> pdf.LetterData:
    data: dict[str, Any] = {
        "issuer": both("Sample Centre for Public Health Cooperation", "公共卫生合作样例中心"),
        "heading": both("Endorsement by the home institution", "派出单位推荐表"),
        "fields": [
            {"label": both("Applicant", "申请人"), "value": "ດວງໃຈ ສີສະຫວັດ · SISAVATH Duangchai"},
            {"label": both("Call", "申请项目"), "value": both("Sample call 2027", "2027年样例项目")},
        ],
        "paragraphs": [
            both(
                "We have read the application named above and agree to the stay if the applicant is selected.",
                "本单位已阅读上述申请。如申请人入选，本单位同意其按项目规定赴华工作。",
            )
        ],
        "choices": [both("We endorse the application.", "同意推荐。"), both("We do not.", "不同意推荐。")],
        "blanks": [
            both("Name", "姓名"),
            both("Office", "职务"),
            both("Signature", "签字"),
            both("Date", "日期"),
        ],
        "seal": both("Official seal", "盖章处"),
        "code": "E7QD-3MXA-92FW",
        "verify_url": URL,
        "verify_label": both("Check or upload this sheet", "核验或上传本表"),
        "qr_svg": pdf.qr_svg(URL),
        "demo": True,
    }
    return data | changes  # type: ignore[return-value]


def as_pdf(data: pdf.CertificateData, issued_at: datetime = ISSUED) -> bytes:
    return pdf.render("certificate", data, title="Certificate", language="en-GB", issued_at=issued_at)


def name_band(data: pdf.CertificateData) -> Image.Image:
    """The part of the page that carries the holder's name, in the middle of the sheet."""
    (page,) = pictures("certificate", data, 96)
    return page.crop((100, 280, page.width - 100, 420))


NAMES = {
    "khmer": ("ស្រ៊ុន កញ្ញារ័ត្ន", "SRUN Kanharoth"),
    "lao": ("ດວງໃຈ ສີສະຫວັດ", "SISAVATH Duangchai"),
    "burmese": ("ခင်သန္တာကြွယ်", "Khin Thandar Kywe"),
    "thai": ("น้ำผึ้ง ปิ่นศิริวัฒน์กุล", "PINSIRIWATKUL Namphueng", "南蓬"),
    "vietnamese": ("Nguyễn Thị Hồng Ngọc", "阮氏红玉"),
    "chinese": ("欧阳䶮瑄", "OUYANG Yanxuan"),
    "malay": ("Nur Aisyah binti Abdul Rahman",),
    "mononym": ("Suharyanti",),
    "markup": ('#read("/etc/passwd") $x^2$', '*bold* _it_ `raw` \\u{41} <a> @b // c #{1+1} "q" --'),
}


@pytest.mark.parametrize("script", NAMES)
def test_names_are_shaped_as_in_the_golden_picture(script: str) -> None:
    check_golden(name_band(certificate(*NAMES[script])), GOLDEN / f"name-{script}.png")


def test_the_comparison_sees_one_misplaced_sign() -> None:
    right = name_band(certificate("ស្រ៊ុន កញ្ញារ័ត្ន"))
    assert differs(right, name_band(certificate("សរ៊ុន កញ្ញារ័ត្ន")))


def test_whole_pages_are_as_in_the_golden_pictures() -> None:
    (page,) = pictures("certificate", certificate("សុខ ចាន់ធារ៉ា", "SOK Chanthara", "索占塔拉", demo=True), 64)
    check_golden(page, GOLDEN / "certificate.png")
    (page,) = pictures("letter", letter(), 64)
    check_golden(page, GOLDEN / "letter.png")


def test_the_same_document_is_the_same_file() -> None:
    assert as_pdf(certificate("ດວງໃຈ")) == as_pdf(certificate("ດວງໃຈ"))
    assert as_pdf(certificate("ດວງໃຈ")) != as_pdf(certificate("ດວງໃຈ"), issued_at=datetime(2026, 11, 21, tzinfo=UTC))


def test_documents_are_rendered_side_by_side() -> None:
    names = [name for name, *_ in NAMES.values()]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda name: as_pdf(certificate(name)), names))
    assert together == [as_pdf(certificate(name)) for name in names]


def test_the_file_is_tagged_archivable_and_titled() -> None:
    document = as_pdf(certificate())
    assert document.startswith(b"%PDF-")
    metadata = document.decode("latin-1")
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "2026-11-20T09:30:00" in metadata
    assert re.search(r"<dc:title>.*Certificate.*</dc:title>", metadata, re.DOTALL)


def test_an_issue_date_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        as_pdf(certificate(), issued_at=datetime(2026, 11, 20))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Nguyễn Thị Hồng Ngọc", []),
        ("Nguye\u0302\u0303n", []),
        ("欧阳䶮瑄 សុខ ດວງໃຈ ခင် น้ำ", []),
        ("ខ្មែរ\u200bខ្មែរ", []),
        ("علي", ["ع", "ل", "ي"]),
        ("Ali 🙂🙂", ["🙂"]),
        ("தமிழ் A", ["த", "ம", "ி", "ழ", "்"]),
        ("bell\x07", ["\x07"]),
        ("right-to-left \u202eevil", ["\u202e"]),
        ("private \ue000", ["\ue000"]),
    ],
)
def test_unprintable_characters_are_named(text: str, missing: list[str]) -> None:
    assert pdf.missing_characters(text) == missing


def test_an_unprintable_name_is_refused_before_it_is_printed() -> None:
    with pytest.raises(pdf.UnprintableText) as refusal:
        as_pdf(certificate("Ali", "علي"))
    assert refusal.value.characters == ["ع", "ل", "ي"]
    assert refusal.value.status == 422
    assert "ع (U+0639)" in str(refusal.value)


def test_the_refusal_does_not_repeat_what_would_disturb_it() -> None:
    assert "printed: U+202E." in str(pdf.UnprintableText(["\u202e"]))


def test_a_message_is_printed_in_both_languages() -> None:
    app = Flask(__name__)
    Babel(app)
    with app.app_context():
        assert pdf.bilingual(LazyString(lambda: str(get_locale()))) == both("en_GB", "zh_Hans_CN")


def test_what_we_call_printable_the_typesetter_prints() -> None:
    """PDF/A fails on any glyph that is missing, so a wrong table would show here."""
    from lms.core.pdf_fonts import _covered

    sample = [chr(point) for point in sorted(_covered())[::40]]
    text = " ".join(character for character in sample if not pdf.missing_characters(character))
    paragraphs = [both(text, text)]
    document = pdf.render("letter", letter(paragraphs=paragraphs), title="All", language="en", issued_at=ISSUED)
    assert document.startswith(b"%PDF-")


@pytest.mark.parametrize(
    "name",
    [
        "Maria Filomena da Conceição Fernandes de Araújo Soares dos Santos Guterres Belo",
        "สมเด็จเจ้าฟ้ากรมหลวงนราธิวาสราชนครินทร์กรุงเทพมหานครอมรรัตนโกสินทร์มหินทรายุธยามหาดิลก",
        "ព្រះបាទសម្តេចព្រះនរោត្តមសីហមុនីព្រះករុណាជាអម្ចាស់ជីវិតលើត្បូងព្រះរាជាណាចក្រកម្ពុជា" * 2,
        "Wolfeschlegelsteinhausenbergerdorff" * 2,
        "长" * 90,
    ],
)
def test_long_names_stay_inside_the_frame(name: str) -> None:
    (short,) = pictures("certificate", certificate("A"), 48)
    (page,) = pictures("certificate", certificate(name, "LATIN " * 12), 48)
    edge = round(26 / 25.4 * 48)
    for left, right in ((0, edge), (page.width - edge, page.width)):
        strip = (left, 0, right, round(page.height * 0.75))
        assert not differs(page.crop(strip), short.crop(strip))


def test_long_titles_are_set_smaller_on_the_one_page() -> None:
    subject = both("Surveillance, Laboratory Networks and Emergency Response " * 5, "监测、实验室网络与应急响应" * 8)
    people = [{"name": "Sample Signatory", "office": both("Director of the Office of Training", "培训部主任")}] * 3
    assert len(pictures("certificate", certificate("A", subject=subject, signatories=people), 48)) == 1


def test_a_letter_runs_over_several_pages_and_each_is_marked() -> None:
    pages = pictures("letter", letter(paragraphs=[both("Text. " * 80, "文字。" * 80)] * 8), 48)
    assert len(pages) == 3
    for page in pages:
        footer = page.crop((0, page.height - 45, page.width, page.height))
        assert footer.getextrema()[0] < 128


def test_a_letter_that_we_sign_needs_no_blanks() -> None:
    data = letter(signatories=[{"name": "Sample Signatory", "office": both("Director", "主任")}], demo=False)
    for key in ("choices", "blanks", "seal"):
        del data[key]  # type: ignore[misc]
    assert len(pictures("letter", data, 48)) == 1
