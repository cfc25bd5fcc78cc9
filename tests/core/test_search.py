"""Search finds what people type, in every script, on both engines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.core import search
from lms.core.db import db
from lms.core.search import ddl
from lms.core.search.folding import fold
from lms.core.search.models import SearchEntry
from lms.core.search.tokens import document, is_searchable, terms

SUBJECTS = {
    1: ("Field epidemiology", ["An introduction to outbreak investigation in Laos"]),
    2: ("公共卫生应急管理", ["突发公共卫生事件"]),
    3: ("ระบาดวิทยา", ["หลักสูตรสาธารณสุข ปี ๒๕๖๙"]),
    4: ("សុខភាពសាធារណៈ", ["វគ្គបណ្តុះបណ្តាល"]),
    5: ("ສາທາລະນະສຸກ", ["ຫຼັກສູດ"]),
    6: ("ပြည်သူ့ကျန်းမာရေး", ["သင်တန်း"]),
    7: ("Y tế công cộng", ["Đại học Y Hà Nội, thành phố Hồ Chí Minh"]),
    8: ("Kesehatan Masyarakat", ["Universitas Gadjah Mada; COVID-19疫苗接种"]),
    9: ("Statistics", ["p < 0.05 and 2e5 or 1.5 km; field work"]),
    10: ("Здоровье Ёлка", ["Straße naïve œuvre ﬁle ＦＵＬＬ"]),
    11: ("東京医科大学", ["ワクチン ﾜｸﾁﾝ"]),
    12: ("流行病學與臺灣疾病管制", ["乾淨飲水"]),
    13: ("โรคไข้เลือดออก น้ำดื่ม", ["แม่และเด็ก"]),
    14: ("ស្ត្រីមានផ្ទៃពោះ", ["ទឹកស្អាត"]),
    15: ("ນ້ຳດື່ມ", ["ແມ່ ແລະ ເດັກ ໜ້າ"]),
    16: ("မြွေကိုက်", ["ရန်ကုန်မြို့"]),
}

# Letters and marks of Thai, Lao, Khmer and Burmese, and characters that two Chinese scripts write differently.
_SPELLED_IN_MANY_WAYS = (
    "".join(
        chr(code)
        for low, high in ((0xE01, 0xE5C), (0xE81, 0xEE0), (0x1780, 0x17EA), (0x1000, 0x1050))
        for code in range(low, high)
    )
    + "衛卫學学臺台乾干著着欼"
)


@pytest.fixture
def filled(session: object) -> None:
    for subject_id, (title, texts) in SUBJECTS.items():
        search.index("course", subject_id, title=title, texts=texts)


def found(query: str, kind: str = "course") -> set[int]:
    return set(db.session.scalars(search.match(kind, query)))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("epidemiology", {1}),
        ("EPIDEM", {1}),
        ("field epi", {1}),
        ("epidemiology fie", {1}),
        ("fiel epidemiology", set()),
        ("demiology", set()),
        ("field", {1, 9}),
        ("公共", {2}),
        ("公共卫生", {2}),
        ("卫生应急", {2}),
        ("应急 公共", {2}),
        ("生", {2}),
        ("理", {2}),
        ("公卫", set()),
        ("公生", set()),
        ("วิทยา", {3}),
        ("สาธารณสุข", {3}),
        ("2569", {3}),
        ("สา\u200bธารณ", {3}),
        ("សាធារណៈ", {4}),
        ("បណ្តាល", {4}),
        ("ສຸກ", {5}),
        ("ကျန်းမာ", {6}),
        ("cong cong", {7}),
        ("công cộng", {7}),
        ("dai hoc ha noi", {7}),
        ("Đại", {7}),
        ("covid 疫苗", {8}),
        ("covid-19", {8}),
        ("疫苗", {8}),
        ("gadjah-mada", {8}),
        ("2e5", {9}),
        ("0.05", {9}),
        ("елка", {10}),
        ("strasse", {10}),
        ("NAIVE oeuvre", {10}),
        ("fi\u00adle full", {10}),
        ("ワクチン", {11}),
        ("ﾜｸﾁﾝ", {11}),
        ("医科", {11}),
        ("流行病学", {12}),
        ("台湾", {12}),
        ("衛生", {2}),
        ("干净", {12}),
        ("นํ้าดื่ม", {13}),  # nikhahit before the tone
        ("ไข้เลือด", {13}),
        ("ไขเ้ลือด", set()),
        ("เเม่", {13}),  # sara e twice
        ("ស្រ្តី", {14}),  # subscript ro before ta
        ("ស្ដ្រី", {14}),  # subscript da
        ("ពេាះ", {14}),  # a vowel in two halves
        ("ນໍ້າ", {15}),  # niggahita and aa
        ("ເເມ່", {15}),
        ("ຫນ້າ", {15}),  # two letters for the ligature
        ("မွြေ", {16}),  # medials in the other order
        ("မို့ြ", {16}),
        ("", set()),
        (" -- \u200b ", set()),
        ('"field" OR *) & !', {9}),
        ("x6669", set()),
    ],
)
def test_what_is_found(filled: None, query: str, expected: set[int]) -> None:
    assert found(query) == expected


def test_match_narrows_another_query_and_stays_in_its_kind(filled: None) -> None:
    search.index("person", 1, title="Field Marshal")
    query = select(SearchEntry.title).where(
        SearchEntry.kind == "course", SearchEntry.subject_id.in_(search.match("course", "field"))
    )
    assert set(db.session.scalars(query)) == {"Field epidemiology", "Statistics"}
    assert found("field", "person") == {1}


def test_the_index_follows_its_subject(filled: None) -> None:
    search.index("course", 1, title="Mentoring", texts=[None, "", "Outbreaks"])
    assert found("epidemiology") == set()
    assert found("mentor") == found("outbreak") == {1}
    search.remove("course", 1)
    search.remove("course", 1)
    assert found("mentor") == set()
    search.index("course", 1, title="Again", texts=[])
    assert found("again") == {1}


def test_a_rolled_back_change_leaves_no_trace(filled: None) -> None:
    nested = db.session.begin_nested()
    search.index("course", 99, title="Vanishing")
    search.index("course", 1, title="Other")
    nested.rollback()
    assert found("vanishing") == set()
    assert found("epidemiology") == {1}


def test_everything_is_searched_title_first_and_by_audience(filled: None) -> None:
    search.index("programme", 4, title="Other", texts=["public health " * 30])
    search.index("institution", 4, title="Institute of Public Health")
    search.index("call", 4, title="Public Health, secret", audience="institution:4")
    kinds = ("programme", "institution", "call")
    hits = search.search_all("public health", kinds=kinds)
    assert [hit.kind for hit in hits] == ["institution", "programme"]
    assert hits[0] == search.Hit("institution", 4, "Institute of Public Health")
    assert len(search.search_all("public health", kinds=kinds, limit=1)) == 1
    assert [hit.kind for hit in search.search_all("health", kinds=("programme",))] == ["programme"]
    inside = search.search_all("secret", kinds=kinds, audiences=("public", "institution:4"))
    assert [hit.kind for hit in inside] == ["call"]
    assert search.search_all("?", kinds=kinds) == []


def test_the_engines_index_can_be_built_again_from_the_entries(filled: None) -> None:
    dialect = db.engine.dialect.name
    for statement in [*ddl.drop(dialect), *ddl.create(dialect)]:
        db.session.connection().exec_driver_sql(statement)
    assert found("epidemiology") == {1}


def test_a_long_text_is_indexed_within_bounds(session: object) -> None:
    search.index("course", 1, title="Long", texts=["word " * 50_000, "beyond", "长" * 100])
    assert found("word") == {1}
    assert found("beyond") == set()


@given(st.text(max_size=60) | st.text(alphabet=_SPELLED_IN_MANY_WAYS, max_size=20))
def test_every_text_has_safe_tokens_and_a_safe_query(value: str) -> None:
    for token in document([value]).split():
        assert token.startswith("x")
        assert token.isascii()
        assert token.isalnum()
    for term in terms(value):
        assert all(token.isascii() and token.isalnum() for token in term.tokens)
    assert fold(fold(value)) == fold(value)


@given(st.text(alphabet="卫生公共สาธกខគ", min_size=2, max_size=12), st.integers(0, 10), st.integers(2, 6))
def test_any_part_of_an_unspaced_text_is_a_phrase_of_its_tokens(value: str, start: int, length: int) -> None:
    part = value[start : start + length]
    if len(part) < 2 or not is_searchable(part):
        return
    wanted = list(terms(part)[0].tokens)
    tokens = document([value]).split()
    assert any(tokens[at : at + len(wanted)] == wanted for at in range(len(tokens)))
