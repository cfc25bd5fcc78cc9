"""How labs are called to readers of Chinese."""

import pytest

from lms.institutions.models import Lab


@pytest.mark.parametrize(
    ("own", "chinese"),
    [("呼吸疾病全国重点实验室", "呼吸疾病全国重点实验室"), ("Organisasi Riset Kesehatan", ""), ("", "")],
)
def test_only_a_chinese_name_is_one(own, chinese):
    assert Lab(name_en="Laboratory", name_local=own).name_zh == chinese
