"""Browser journeys: the real server and relay on a database of their own, driven in a real Chromium.

`site` is the demo world, `empty_site` a platform with nothing but the institutions and one member of the
secretariat. `visitor` makes browsers, one for each person of a journey. Nothing is mocked: mail is read where the
demo shows it, and time passes by the demo's own clock page.
"""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from config import TestConfig
from lms import create_app
from tests.e2e.scan import Scanner
from tests.e2e.site import Site, running_site
from tests.e2e.visitor import Visitor
from tools import browser as chromium

WIDTHS = {"sqlite": 360, "postgresql": 1280}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Walk a journey in the world that its mark names for this database; LMS_FULL=1 walks it in both."""
    mark = metafunc.definition.get_closest_marker("worlds")
    if mark is None:
        return
    database = metafunc.config.getoption("--database")
    worlds = sorted(mark.kwargs.values()) if os.environ.get("LMS_FULL") == "1" else [mark.kwargs[database]]
    # The tests of one world share a process, and so its database.
    metafunc.parametrize("world", [pytest.param(world, marks=pytest.mark.xdist_group(world)) for world in worlds])


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo world."""
    database = request.config.getoption("--database")
    with running_site(tmp_path_factory.mktemp("demo"), database, is_seeded=True) as started:
        yield started


@pytest.fixture(scope="session")
def empty_site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A platform on which nobody has done anything yet."""
    database = request.config.getoption("--database")
    with running_site(tmp_path_factory.mktemp("empty"), database, is_seeded=False) as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-quic"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(chromium.find()), args=arguments)
        yield running
        running.close()


@pytest.fixture(scope="session")
def scanner(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scanner:
    """Looks at each page type once in a run."""
    folder = tmp_path_factory.getbasetemp()
    notes = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "page-types"
    notes.mkdir(exist_ok=True)
    urls = create_app(TestConfig()).url_map.bind("localhost")
    return Scanner(urls, request.config.getoption("--database"), notes)


@pytest.fixture
def visitor(browser: Browser, scanner: Scanner, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """Makes browsers: `visitor(site)`, or `visitor(site, width=768, script=False)`."""
    contexts = []
    default_width = WIDTHS[request.config.getoption("--database")]

    def make(site: Site, *, width: int = default_width, script: bool = True) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            locale="en-GB",
            timezone_id="Asia/Bangkok",
        )
        context.set_default_timeout(8_000)
        contexts.append(context)
        return Visitor(site, context.new_page(), scanner, has_script=script)

    yield make
    for context in contexts:
        context.close()
    faults, scanner.faults = scanner.faults, []
    assert not faults, "\n".join(faults)
