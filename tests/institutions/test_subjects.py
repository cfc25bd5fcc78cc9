"""What people work on: chosen on their own page, found by their coordinators."""

import pytest

from lms.institutions import queries, services
from tests.factories import make_institution, make_person, post, sign_in


@pytest.fixture
def place(system):
    services.load_reference_data(system)
    return make_institution(system, name="Mahidol University 2", slug="mahidol-2")


@pytest.fixture
def learner(system, place):
    return make_person(system, name="Pim", institution=place)


def test_a_person_chooses_and_changes_what_they_work_on(client, place, learner):
    sign_in(client, learner)
    first, second, *_others = queries.sub_centres()

    answer = post(client, "/institutions/home/sub-centres", {"sub_centre_ids": [first.id, second.id]})
    assert answer.status_code == 303
    assert queries.sub_centre_ids_of(learner.id) == [first.id, second.id]

    post(client, "/institutions/home/sub-centres", {"sub_centre_ids": [second.id]})
    assert queries.sub_centre_ids_of(learner.id) == [second.id]


def test_what_is_not_in_the_list_is_refused(client, place, learner):
    sign_in(client, learner)

    answer = post(client, "/institutions/home/sub-centres", {"sub_centre_ids": [99999]})

    assert answer.status_code == 422
    assert queries.sub_centre_ids_of(learner.id) == []


def test_a_coordinator_filters_their_people_by_it(client, system, place, learner):
    chosen = queries.sub_centres()[2]
    sign_in(client, learner)
    post(client, "/institutions/home/sub-centres", {"sub_centre_ids": [chosen.id]})
    coordinator = make_person(system, name="Coordinator", institution=place, affiliation="coordinator")
    other = client.application.test_client()
    sign_in(other, coordinator)

    assert "Pim" in other.get(f"/institutions/{place.slug}/members?sub_centre={chosen.code}").text
    absent = queries.sub_centres()[3]
    assert "Pim" not in other.get(f"/institutions/{place.slug}/members?sub_centre={absent.code}").text
