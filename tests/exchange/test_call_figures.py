"""A call in figures."""

from lms.core import clock
from tests.exchange.deciding import accept_screening
from tests.exchange.world import apply, make_scientist, make_world, publish_call
from tests.factories import make_person, sign_in


def csv(client, address: str, name: str) -> list[str]:
    response = client.get(f"{address}?plot={name}")
    assert response.mimetype == "text/csv"
    return response.get_data(as_text=True).lstrip("\ufeff").splitlines()


def test_a_call_is_counted_by_step_people_and_week(client, system):
    world = make_world(system)
    call = publish_call(world)
    accept_screening(world, apply(world, call))
    woman = make_scientist(world, name="Keo")
    woman.gender, woman.nationality = "f", "LA"
    apply(world, call, person=woman)
    address = f"/exchange/manage/calls/{call.ref}/figures"

    sign_in(client, world.secretary)
    page = client.get(address)

    assert page.status_code == 200
    assert "How far the applications came" in page.text
    steps = csv(client, address, "stages")
    assert steps[1:4] == ["Begun,2", "Submitted,2", "Accepted for review,1"]
    people = csv(client, address, "people")
    assert people[0].startswith("Nationality,Women")
    assert "Lao People's Democratic Republic,1,0,1" in people
    weeks = csv(client, address, "weeks")
    assert sum(int(row.rpartition(",")[2]) for row in weeks[1:]) == 2
    assert len(weeks) == 2 or clock.now().weekday() == 0


def test_a_call_without_applications_says_so(client, system):
    world = make_world(system)
    address = f"/exchange/manage/calls/{publish_call(world).ref}/figures"

    assert "There is nothing to count yet." in sign_in(client, world.secretary).get(address).text
    assert sign_in(client, make_person(system)).get(address).status_code == 403
