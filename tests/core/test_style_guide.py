"""The style guide shows every component, so that the scan for accessibility meets all of them."""

from pathlib import Path

from flask.testing import FlaskClient

COMPONENTS = Path(__file__).resolve().parents[2] / "templates" / "components"
# Shapes, addresses and languages of texts that the others use.
PARTS = {"icon_shapes.html", "links.html", "fallback.html"}


def test_every_component_stands_on_the_style_guide(client: FlaskClient) -> None:
    guide = (COMPONENTS.parent / "style_guide.html").read_text()

    missing = [path.name for path in COMPONENTS.glob("*.html") if f'"components/{path.name}"' not in guide]

    assert set(missing) <= PARTS
    assert client.get("/style-guide").status_code == 200


def test_no_address_on_it_is_used_twice(client: FlaskClient) -> None:
    page = client.get("/style-guide").text
    ids = [part.partition('"')[0] for part in page.split(' id="')[1:]]

    assert sorted(set(ids)) == sorted(ids)
