"""The pages as a person meets them: wide and narrow, by keyboard, without JavaScript, with a screen reader."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.registry.web.browser.conftest import NARROW, WIDE, Served, Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Opened = Callable[..., Watched]
CATALOGUE, MODULE = "/modules", "/modules/thermal-drone-anomaly"
PAGES = ["/", CATALOGUE, "/modules?q=plankton&task=classification", "/modules?q=planktn", "/modules?q=nothing-has-this",
         MODULE, "/modules/uc-seamlab-oc-plankton-splitter", "/findings", "/sources", "/about", "/admin/login",
         "/vocab/tasks", "/vocab/libraries/pytorch", "/modules/no-such-module"]  # fmt: skip
PASSWORD = "correct horse battery"


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_page_when_opened_then_it_fits_and_nothing_complains(opened: Opened, width: int) -> None:
    window = opened(width)
    for path in PAGES:
        page = window.open(path)
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        assert window.overflow() == 0, path
    window.complaints = [each for each in window.complaints if "404" not in each]


@pytest.mark.parametrize(("width", "scheme"), [(WIDE, "light"), (NARROW, "dark")])
def test_page_when_scanned_then_no_violation_of_accessibility(opened: Opened, width: int, scheme: str) -> None:
    # axe is put into the page as a script, which our own policy would rightly refuse.
    window = opened(width, color_scheme=scheme, bypass_csp=True)
    for path in PAGES:
        page = window.open(path)
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == [], path
    window.complaints = [each for each in window.complaints if "404" not in each]


def test_console_when_signed_in_then_fits_and_no_violation(opened: Opened, served: Served) -> None:
    window = opened(NARROW, bypass_csp=True)
    page = window.open(served.welcome())
    assert Axe().run(page).response["violations"] == []
    page.fill("input[name=password]", PASSWORD)
    page.fill("input[name=again]", PASSWORD)
    page.get_by_role("button", name="Set it").click()
    page.get_by_text("Signed in as").wait_for()
    for path in ("/admin", "/admin/runs/1"):
        page = window.open(path)
        assert window.overflow() == 0
        assert Axe().run(page).response["violations"] == []


def test_suggestions_when_typed_then_chosen_by_keyboard(opened: Opened) -> None:
    page = opened().open("/")
    box = page.get_by_role("combobox", name="Search all modules")
    box.press_sequentially("plank")
    options = page.get_by_role("option")
    options.first.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    box.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id") == "suggestion-0"
    box.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") == f"suggestion-{options.count() - 1}"
    box.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    assert not page.get_by_role("listbox", include_hidden=True).is_visible()
    box.press_sequentially("t")
    options.first.wait_for()
    box.press("ArrowDown")
    slug = page.locator("[role=option][aria-selected=true]").get_attribute("data-slug")
    box.press("Enter")
    page.wait_for_url(f"**/modules/{slug}" if slug else "**/modules?q=*")


def test_suggestions_when_none_is_chosen_then_enter_searches(opened: Opened) -> None:
    page = opened().open("/")
    box = page.get_by_role("combobox")
    box.press_sequentially("plankton")
    page.get_by_role("option").first.wait_for()
    box.press("Enter")
    page.wait_for_url("**/modules?q=plankton")


def test_suggestions_when_server_is_away_then_the_box_goes_on(opened: Opened) -> None:
    window = opened()
    page = window.open("/")
    page.route("**/api/v1/suggest**", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.get_by_role("combobox").press_sequentially("plankton")
    page.get_by_role("combobox").press("Enter")
    page.wait_for_url("**/modules?q=plankton")
    window.complaints = [each for each in window.complaints if "ERR_FAILED" not in each]


def test_copy_when_pressed_then_the_line_is_on_the_clipboard(opened: Opened) -> None:
    page = opened(permissions=["clipboard-read", "clipboard-write"]).open(MODULE)
    button = page.get_by_role("button", name=re.compile("^Copy ?: Start the module$"))
    button.click()
    page.get_by_text("Copied").wait_for()
    line = page.evaluate("navigator.clipboard.readText()")
    assert line == "docker run --rm -ti -p 5000:5000 samplehub/thermal-drone-anomaly"


def test_filters_when_narrow_then_folded_and_unfolded_by_hand(opened: Opened) -> None:
    page = opened(NARROW).open("/modules?library=pytorch")
    fold = page.locator(".facets-fold > summary")
    assert fold.text_content() == "Filter (1)"
    task = page.locator(".facet > summary", has_text="Task")
    assert not task.is_visible()
    fold.click()
    assert task.is_visible()


def test_filters_when_wide_then_open(opened: Opened) -> None:
    page = opened().open("/modules?library=pytorch")
    assert page.locator(".facet > summary", has_text="Task").is_visible()
    assert not page.locator(".facets-fold > summary").is_visible()


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_page_when_there_is_no_javascript_then_search_filter_and_read(opened: Opened, width: int) -> None:
    page = opened(width, java_script_enabled=False).open("/")
    page.fill("input[name=q]", "plankton")
    page.press("input[name=q]", "Enter")
    page.wait_for_url("**/modules?q=plankton")
    total = page.locator(".card").count()
    assert total > 1
    if width == NARROW:
        page.locator(".facets-fold > summary").click()
    page.locator(".facet a", has_text="PyTorch").click()
    page.wait_for_url("**library=pytorch**")
    assert 0 < page.locator(".card").count() < total
    page.locator(".card h2 a").first.click()
    page.wait_for_url("**/modules/*")
    assert page.locator("[data-copy]").first.is_hidden()
    page.locator("details.origin > summary").first.click()
    assert page.locator("details.origin li.won").first.is_visible()


def test_skip_link_when_tabbed_to_then_shown_and_leads_to_the_content(opened: Opened) -> None:
    page = opened().open(CATALOGUE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
