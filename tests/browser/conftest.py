"""A real browser before the real pages, on a phone and on a desk; skipped, and said so, where there is no chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests import factory as factories
from tests.factory import Factory
from tieout.access.models import Company

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SIZES = {"phone": (390, 844), "desk": (1440, 900)}

# Playwright keeps an event loop in this thread; the tests' own look at the database is synchronous all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="NO BROWSER: apt-get install chromium to run tests/browser"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def mill(transactional_db: None) -> Factory:
    factory = factories.small()
    Company.objects.filter(pk=factory.company).update(is_demo=True)
    factories.local_books(factory)
    factory.work()
    factory.seal()
    return factory


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, chromium: Browser, live_server: LiveServer, mill: Factory) -> Iterator[Page]:
    """A new browser window; whatever it complains of (a refused script, a missing file) fails the test."""
    width, height = SIZES[request.param]
    context = chromium.new_context(base_url=live_server.url, viewport={"width": width, "height": height})
    complaints: list[str] = []
    opened = context.new_page()
    opened.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()

    assert [] == [one for one in complaints if "422" not in one]
