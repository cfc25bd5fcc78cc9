"""Placements: from the checklist to the certificate, and who sees them."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from lms.core import waiting, workflow
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotFound, NotPermitted, Refused
from lms.core.i18n import lazy_day
from lms.credentials.queries import checked_by_code, credentials_about
from lms.exchange.checklist import TASKS, due_after, due_before, end_of_stay, report_opens_on
from lms.exchange.flow import PLACEMENT
from lms.exchange.models import Placement
from lms.exchange.queries import placements as queries
from lms.exchange.services import placements as services
from tests.counting import counted_queries
from tests.exchange.deciding import arrive, person_of, placed, today_at_the_center
from tests.exchange.world import later, mails, make_world, publish_call, staged
from tests.factories import actor_of, make_institution, make_lab, make_person, post, sign_in


@pytest.fixture
def world(system):
    return make_world(system)


@pytest.fixture
def placement(world):
    return placed(world, publish_call(world, titles=("Dengue surveillance",)))


def again(placement):
    return queries.placement_by_id(placement.id)


def scientist_of(placement):
    return person_of(again(placement).application)


def hand_in(placement, text="I analysed three years of data."):
    scientist = actor_of(scientist_of(placement))
    services.submit_report(scientist, again(placement), text=text, staged=staged("report.pdf"), version=None)


def settle(world, placement):
    """Both sides do what is left of their checklists."""
    people = {"scientist": scientist_of(placement), "host": world.host_person}
    for item in again(placement).checklist:
        services.tick(actor_of(people[item.who]), again(placement), key=item.key, done=True)


def test_dates_of_a_stay():
    assert end_of_stay(date(2027, 3, 1), 6) == date(2027, 8, 31)
    assert end_of_stay(date(2026, 8, 31), 6) == date(2027, 2, 27)
    assert end_of_stay(date(2027, 1, 1), 12) == date(2027, 12, 31)
    letter = TASKS[0]
    assert due_before(letter, date(2027, 3, 1), date(2026, 12, 1)) == date(2026, 12, 31)
    assert due_before(letter, date(2027, 3, 1), date(2027, 2, 1)) == date(2027, 2, 1)
    assert due_before(letter, None, date(2027, 2, 1)) is None
    assert due_after("residence_permit", date(2027, 3, 1)) == date(2027, 3, 31)
    assert report_opens_on(date(2027, 8, 31)) == date(2027, 8, 17)


def test_each_side_ticks_off_its_own_tasks(world, placement):
    scientist, host = actor_of(scientist_of(placement)), actor_of(world.host_person)
    with pytest.raises(NotPermitted):
        services.tick(scientist, placement, key="visa_letter", done=True)
    with pytest.raises(NotFound):
        services.tick(host, placement, key="nothing", done=True)
    services.tick(host, placement, key="visa_letter", done=True)
    services.tick(host, placement, key="visa_letter", done=True)
    assert placement.checklist[0].done_by_id == world.host_person.id
    services.tick(host, placement, key="visa_letter", done=False)
    assert placement.checklist[0].done_at is None


def test_what_waits_for_the_scientist_goes_with_the_tasks_and_then_has_a_date(world, placement):
    scientist = actor_of(scientist_of(placement))

    def waits():
        return {item.kind: item.due_at for item in waiting.items_for(scientist)}

    own = [task.key for task in TASKS if task.who == "scientist" and task.is_before_arrival]
    for key in own:
        assert "prepare_stay" in waits()
        services.tick(scientist, placement, key=key, done=True)
    assert "prepare_stay" not in waits()
    services.tick(scientist, placement, key=own[0], done=False)
    assert "prepare_stay" in waits()
    placement = arrive(world, placement)
    due = waits()["write_report"].astimezone(ZoneInfo(placement.application.call.zone))
    assert due.date() == end_of_stay(placement.arrived_on, placement.post.months)


def test_nobody_arrives_before_everything_is_prepared_or_in_the_future(world, placement):
    host = actor_of(world.host_person)
    with pytest.raises(Refused, match="4 tasks before the arrival"):
        workflow.perform(PLACEMENT, placement, "confirm_arrival", actor=host, arrived_on=today_at_the_center())
    for item in placement.checklist:
        who = actor_of(scientist_of(placement)) if item.who == "scientist" else host
        if item.is_before_arrival:
            services.tick(who, placement, key=item.key, done=True)
        else:
            with pytest.raises(Conflict, match="after the arrival"):
                services.tick(who, placement, key=item.key, done=True)
    tomorrow = today_at_the_center() + timedelta(days=2)
    with pytest.raises(Refused, match="not come yet"):
        workflow.perform(PLACEMENT, placement, "confirm_arrival", actor=host, arrived_on=tomorrow)


def test_planning_sets_due_dates(world, placement):
    host = actor_of(world.host_person)
    with pytest.raises(Invalid):
        services.plan(host, placement, planned_from=date(2001, 1, 1), version=None)
    start = today_at_the_center() + timedelta(days=100)
    services.plan(host, placement, planned_from=start, version=None)
    assert placement.checklist[0].due_on == start - timedelta(days=60)
    assert placement.planned_to == end_of_stay(start, 6)


def test_a_stay_from_arrival_to_the_certificate(world, placement):
    placement = arrive(world, placement)
    after = {item.key: item.due_on for item in placement.checklist if not item.is_before_arrival}
    assert after["accommodation"] == placement.arrived_on + timedelta(days=1)
    with pytest.raises(Refused, match="14 days before the last day"):
        hand_in(placement)
    later(days=(placement.planned_to - placement.arrived_on).days - 10)
    hand_in(placement)
    host = actor_of(world.host_person)
    with pytest.raises(Conflict):
        hand_in(placement)
    workflow.perform(PLACEMENT, again(placement), "return_report", actor=host, reason="Add the figures.")
    assert len(mails("Your report was returned")) == 1
    hand_in(placement, text="Now with figures.")
    report = queries.report_of(placement.id)
    assert report.text == "Now with figures."
    assert report.returned_reason == ""
    workflow.perform(PLACEMENT, again(placement), "countersign", actor=host)
    assert queries.report_of(placement.id).countersigned_by_id == world.host_person.id
    with pytest.raises(Refused) as refused:
        workflow.perform(PLACEMENT, again(placement), "close", actor=actor_of(world.secretary))
    assert [str(reason)[:24] for reason in refused.value.reasons] == [
        "The stay lasts until " + str(lazy_day(placement.planned_to))[:3],
        "3 tasks of the checklist",
    ]
    settle(world, placement)
    later(days=11)
    workflow.perform(PLACEMENT, again(placement), "close", actor=actor_of(world.secretary))
    credential = credentials_about("placement", [placement.id])[placement.id]
    assert again(placement).state == "completed"
    assert again(placement).credential_id == credential.id
    assert again(placement).left_on == placement.planned_to
    with pytest.raises(Conflict):
        services.tick(actor_of(world.host_person), again(placement), key="induction", done=False)
    assert credential.state == "issued"
    assert checked_by_code(credential.code) is not None
    assert credential.claim["title"]["en"] == "Dengue surveillance"
    assert [one["name"] for one in credential.claim["signatories"]] == ["Host", "Secretary"]


def test_a_stay_that_ends_sooner_is_certified_for_its_days(client, world, placement):
    placement = arrive(world, placement)
    host, left = actor_of(world.host_person), today_at_the_center() + timedelta(days=40)
    for day in (placement.arrived_on - timedelta(days=1), placement.arrived_on + timedelta(days=2000)):
        with pytest.raises(Refused, match="within three years"):
            workflow.perform(PLACEMENT, placement, "change_end", actor=host, left_on=day, reason="A post at home")
    scientist = actor_of(scientist_of(placement))
    with pytest.raises(NotPermitted):
        workflow.perform(PLACEMENT, placement, "change_end", actor=scientist, left_on=left, reason="A post at home")
    workflow.perform(PLACEMENT, placement, "change_end", actor=host, left_on=left, reason="A post at home")
    assert again(placement).state == "active"
    assert len(mails("has another last day")) == 3  # the scientist, the host, the home coordinator
    with pytest.raises(Refused, match="14 days"):
        hand_in(placement)
    later(days=40)
    hand_in(placement)
    workflow.perform(PLACEMENT, again(placement), "countersign", actor=actor_of(world.host_person))
    settle(world, placement)
    workflow.perform(PLACEMENT, again(placement), "close", actor=actor_of(world.secretary))
    credential = credentials_about("placement", [placement.id])[placement.id]
    assert credential.claim["to_on"] == left.isoformat()
    assert credential.claim["dates"] == {"en": "Dates of the stay", "zh": "访问时间"}
    assert "Dates of the stay" in client.get(f"/verify/{credential.code}").text


def test_a_task_is_excused_with_a_reason_by_host_or_secretariat(client, world, placement):
    scientist, host, secretary = scientist_of(placement), actor_of(world.host_person), actor_of(world.secretary)
    with pytest.raises(Invalid):
        services.excuse(host, placement, key="visa", reason=" ", version=None)
    services.excuse(
        secretary, placement, key="visa", reason="No visa is needed for citizens of Thailand.", version=None
    )
    with pytest.raises(NotPermitted):
        services.tick(actor_of(scientist), again(placement), key="visa", done=False)
    services.tick(host, again(placement), key="visa", done=False)
    path = f"/exchange/placements/{placement.ref}"
    sign_in(client, scientist)
    assert "Not needed" not in client.get(path).text
    assert post(client, f"{path}/tasks/visa/excuse", {"visa-reason": "I say so."}).status_code == 404
    sign_in(client, world.host_person)
    assert post(client, f"{path}/tasks/visa/excuse", {"visa-reason": ""}).status_code == 422
    assert post(client, f"{path}/tasks/nothing/excuse", {"nothing-reason": "x"}).status_code == 404
    assert post(client, f"{path}/tasks/visa/excuse", {"visa-reason": "Visa-free for 30 days."}).status_code == 303
    sign_in(client, scientist)
    assert "Visa-free for 30 days." in client.get(path).text


def test_a_stay_ends_early_with_a_reason(world, placement):
    secretary = actor_of(world.secretary)
    workflow.perform(PLACEMENT, placement, "end_early", actor=secretary, reason="Illness")
    assert again(placement).state == "ended"
    assert len(mails("A research stay has ended early")) == 2
    with pytest.raises(Conflict):
        services.tick(actor_of(world.host_person), again(placement), key="visa_letter", done=True)


def test_only_those_concerned_see_a_placement(client, world, placement):
    ref = placement.ref
    fellow = make_person(world.system, roles=[("coordinator", "institution", world.host.id)])
    for who in (scientist_of(placement), world.host_person, world.coordinator, world.secretary, fellow):
        sign_in(client, who)
        assert client.get(f"/exchange/placements/{ref}").status_code == 200, who.name
        assert client.get("/exchange/placements/").text.count(ref) == 1
    other = make_institution(world.system)
    lab = make_lab(world.system, institution=world.host)
    strangers = [
        make_person(world.system),
        make_person(world.system, roles=[("coordinator", "institution", other.id)]),
        make_person(world.system, roles=[("host", "lab", lab.id)]),
    ]
    for who in strangers:
        sign_in(client, who)
        assert client.get(f"/exchange/placements/{ref}").status_code == 404
        assert ref not in client.get("/exchange/placements/").text
        assert "Malee" not in client.get("/exchange/placements/?format=csv").text
        assert post(client, f"/exchange/placements/{ref}/do/end_early", {"end_early-reason": "x"}).status_code == 404


def test_a_stay_on_its_pages(client, world, placement):
    ref, scientist = placement.ref, scientist_of(placement)
    path = f"/exchange/placements/{ref}"
    sign_in(client, scientist)
    assert post(client, f"{path}/tasks/visa_letter", {"done": "1"}).status_code == 403
    for key in ("visa", "insurance", "travel"):
        assert post(client, f"{path}/tasks/{key}", {"done": "1"}).status_code == 303
    assert post(client, f"{path}/do/confirm_arrival", {"confirm_arrival-arrived_on": "2026-01-01"}).status_code == 404
    assert post(client, f"{path}/plan", {"planned_from": "2099-01-01"}).status_code == 404
    sign_in(client, world.host_person)
    assert post(client, f"{path}/plan", {"planned_from": "2001-01-01"}).status_code == 422
    assert post(client, f"{path}/plan", {"planned_from": "2099-01-01"}).status_code == 303
    assert post(client, f"{path}/tasks/visa_letter", {"done": "1"}).status_code == 303
    assert post(client, f"{path}/do/confirm_arrival").status_code == 422
    today = today_at_the_center().isoformat()
    assert post(client, f"{path}/do/confirm_arrival", {"confirm_arrival-arrived_on": "2020-01-01"}).status_code == 422
    assert post(client, f"{path}/do/confirm_arrival", {"confirm_arrival-arrived_on": today}).status_code == 303
    sign_in(client, scientist)
    page = client.get(path).text
    assert "Who acts: You" in page
    assert "Who acts: Scientist" not in page
    assert "Who acts: Host" in page
    assert "The report can be handed in from" in page
    assert "What you did, and what came of it" not in page
    assert post(client, f"{path}/report", {"text": "Done already."}).status_code == 422
    sign_in(client, world.host_person)
    change = {"change_end-left_on": today, "change_end-reason": "The work is done."}
    assert post(client, f"{path}/do/change_end", change).status_code == 303
    sign_in(client, scientist)
    assert post(client, f"{path}/report", {"text": ""}).status_code == 422
    import io

    from tests.exchange.world import PDF

    upload = {"text": "Done.", "file": (io.BytesIO(PDF), "report.pdf")}
    assert post(client, f"{path}/report", upload, content_type="multipart/form-data").status_code == 303
    assert client.get(f"{path}/report/file").status_code == 200
    sign_in(client, world.coordinator)
    assert "Done." not in client.get(path).text
    assert client.get(f"{path}/report/file").status_code == 404
    sign_in(client, world.host_person)
    assert "Done." in client.get(path).text
    assert post(client, f"{path}/do/countersign").status_code == 303
    sign_in(client, world.secretary)
    assert "neither done nor excused" in client.get(path).text
    assert post(client, f"{path}/do/close").status_code == 422
    settle(world, placement)
    assert post(client, f"{path}/do/close").status_code == 303
    sign_in(client, scientist)
    assert "/credentials/" in client.get(path).text


def test_the_list_costs_the_same_with_many(client, world):
    from tests.exchange.deciding import answer, released_call

    call = publish_call(world, titles=tuple(f"Post {n}" for n in range(4)))
    applications = released_call(world, call, 4)
    answer(applications[0], "accept")
    sign_in(client, world.host_person)
    with counted_queries() as one:
        client.get("/exchange/placements/")
    for application in applications[1:]:
        answer(application, "accept")
    assert db.session.query(Placement).count() == 4
    with counted_queries() as many:
        client.get("/exchange/placements/")
    assert len(many) == len(one)
