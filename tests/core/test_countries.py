"""How states are called."""

from lms.core.countries import country_name, country_names


def test_states_of_the_region_are_called_as_they_wish():
    assert country_name("MM", "en") == "Myanmar"
    assert country_name("VN", "en") == "Viet Nam"
    assert country_name("TW", "en") == "Taiwan, China"
    assert country_name("TW", "zh") == "中国台湾"
    assert country_name("LA", "zh") == "老挝"


def test_what_issues_no_passports_is_no_country():
    assert not {"EU", "ZZ", "IC"} & set(country_names("en"))


def test_a_code_that_nobody_knows_stays():
    assert country_name("QQ", "en") == "QQ"
    assert country_name(None, "en") == ""
