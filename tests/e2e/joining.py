"""How people come to the platform: they register, are confirmed or invited, and say where they belong."""

from pathlib import Path

from PIL import Image

from tests.e2e.people import Cast, Person
from tests.e2e.site import PASSWORD
from tests.e2e.visitor import Visitor


def registers(visitor: Visitor, person: Person) -> Visitor:
    """Fill in the form, and confirm the address through the mail, which signs in."""
    visitor.goes_to("/accounts/register")
    visitor.fills(
        {
            "E-mail address": person.email,
            "Password": PASSWORD,
            "Full name in Latin letters": person.name,
            "Passport: family name line": person.family,
            "Passport: given names line": person.given,
            "Name in your own script": person.local,
            "Name in Chinese": person.zh,
            "Nationality": person.nationality,
        }
    )
    if person.local_language:
        visitor.fills({"Language of that name": person.local_language})
    visitor.page.get_by_label("Time zone").select_option(value=person.zone)
    visitor.ticks("ASEAN-China Public Health Science and Technology Cooperation Center in China may keep my account")
    visitor.presses("Register").sees("Look into your mail")
    visitor.opens_mail_link(person.email, r"\S+/accounts/confirm/\S+")
    visitor.fills({"Password of the account": PASSWORD})
    return visitor.presses("Confirm my address").sees("Your address is confirmed")


def joins(visitor: Visitor, person: Person, role: str = "Student", letter: Path | None = None) -> Visitor:
    """Choose the home institution and say what one is there."""
    visitor.goes_to("/institutions/home").fills({"Search": person.home})
    visitor.page.locator("#found").get_by_role("link", name=person.home, exact=True).wait_for()
    visitor.follows(person.home).fills({"I am": role})
    if letter:
        visitor.fills({"Letter": letter})
    visitor.ticks(f"The coordinators of {person.home}")
    return visitor.presses("Save").sees(person.home)


def becomes_coordinator(cast: Cast, part: str, letter: Path) -> None:
    """The first coordinator of an institution: shown by a letter, confirmed by the secretariat."""
    visitor = registers(cast.browser_of(part), cast[part])
    joins(visitor, cast[part], "Coordinator", letter).sees("not proven")
    secretariat = cast.browser_of("secretariat").takes_up(
        "Confirm somebody's role", f"{cast[part].name} · {cast[part].home}"
    )
    secretariat.sees(cast[part].home, letter.name)
    assert secretariat.downloads(letter.name) == letter.read_bytes()
    secretariat.performs("Confirm").sees("Confirmed")
    visitor.goes_to("/institutions/home").sees("Confirmed")


def is_invited(cast: Cast, part: str, *, by: str, office: str, role: str) -> None:
    """A colleague invites by mail; who is invited registers, and accepts once."""
    inviter = cast.browser_of(by).goes_to(f"{office}invitations")
    inviter.fills({"E-mail address": cast[part].email, "Role": role})
    inviter.presses("Send the invitation").sees("The invitation is on its way", cast[part].email)
    visitor = registers(cast.browser_of(part), cast[part])
    visitor.opens_mail_link(cast[part].email, r"\S+/accounts/invitation/\S+")
    visitor.presses("Accept the role").sees("You have the role now")


def everybody_signs_in(cast: Cast) -> None:
    """In the demo world everybody has an account; those who read Chinese choose English for this visit."""
    for part, person in cast.people.items():
        cast.browser_of(part).goes_to("/language/en").signs_in(person.email)


def letter_in(folder: Path) -> Path:
    """A signed letter, as the first coordinator of an institution uploads it."""
    path = folder / "letter.png"
    Image.new("RGB", (420, 594), "white").save(path)
    return path
