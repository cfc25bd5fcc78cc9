"""Time zones: chosen by visitors, and named in the language of whoever reads."""

from tests.factories import make_person, sign_in


def test_a_visitor_chooses_the_zone_from_the_foot_of_any_page(client, session):
    page = client.get("/courses/?q=x").text
    assert "Time zone: China Standard Time" in page
    assert "/zone?next=/courses/?q%3Dx" in page.replace("%2F", "/").replace("%3F", "?")
    choice = client.get("/zone?next=/courses/").text
    assert '<option value="Asia/Shanghai" selected>' in choice
    assert 'name="next" value="/courses/"' in choice
    assert client.get("/zone?zone=Asia/Jakarta&next=/courses/").location == "/courses/"
    assert "Western Indonesia Time" in client.get("/").text


def test_nobody_is_led_away_through_the_choice(client, session):
    assert 'value="/"' in client.get("/zone?next=//evil.test").text
    assert client.get("/zone?zone=Mars/Olympus").status_code == 404


def test_with_an_account_the_foot_leads_to_the_profile(client, system):
    page = sign_in(client, make_person(system, zone="Asia/Bangkok")).get("/").text
    assert 'href="/accounts/profile#zone"' in page
    assert "Indochina Time" in page


def test_zones_are_named_in_the_readers_language(client, session):
    client.get("/language/zh")
    page = client.get("/zone").text
    assert "美国（纽约）时间" in page
    assert "日本时间" in page
    assert "New York" not in page
