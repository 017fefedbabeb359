"""The page for asking as a person uses it: the real command, a real home, a real headless browser."""

import re
import signal
import time
import urllib.error
import urllib.request
from dataclasses import replace

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.integration.test_ui import CHROMIUM, FLAGS, free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]
DEPARTMENTS = "How many employees are there in each department?"


@pytest.fixture(scope="module")
def address(cleaned_home):
    """The address of a running page whose model cannot be had; afterwards no process of it is left."""
    home = replace(
        cleaned_home, variables={**cleaned_home.variables, "MILLRACE_LLM": "openai:none", "OPENAI_API_KEY": ""}
    )
    port = free_port()
    process = home.start("ask", "--web", "--port", str(port), "--user", "ayşe")
    address = f"http://127.0.0.1:{port}"
    wait_for(address, process)
    yield address
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert "Traceback" not in output
    assert process.returncode == 0, output
    assert cleaned_home.processes() == []


def wait_for(address, process):
    deadline = time.monotonic() + 90
    while not answers(address):
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < deadline, "the page did not open"
        time.sleep(0.2)


def answers(address):
    try:
        with urllib.request.urlopen(address, timeout=30) as response:
            return response.status == 200
    except (urllib.error.URLError, TimeoutError):
        return False


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, address):
    """Open the page as some browser; whatever its console complains about fails the test."""
    contexts, complaints = [], []

    def visit(**options):
        context = browser.new_context(base_url=address, **{"locale": "en-GB", **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto("/")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def ask(page, question):
    """Type it, press Enter, wait for its card."""
    before = page.locator("article").count()
    page.get_by_role("textbox").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("article")).to_have_count(before + 1, timeout=60_000)
    return page.locator("article").first


def test_an_answer_can_be_read_sorted_and_looked_behind(visit):
    page = visit()
    card = ask(page, DEPARTMENTS)
    expect(card.locator("svg.chart rect.bar").first).to_be_visible()
    numbers = card.locator("td.number")
    card.get_by_role("button", name="Number").click()
    sorted_up = [int(text) for text in numbers.all_inner_texts()]
    assert sorted_up == sorted(sorted_up)
    card.get_by_role("button", name="Number").click()
    assert [int(text) for text in numbers.all_inner_texts()] == sorted_up[::-1]
    expect(card.locator("pre")).to_be_hidden()
    card.locator("summary").click()
    expect(card.locator("pre")).to_contain_text("GROUP BY")
    expect(card.get_by_text("100%")).to_be_visible()


def test_a_thumb_is_kept_and_shown_in_the_history(visit):
    page = visit()
    card = ask(page, "How many employees does each city have?")
    card.get_by_role("button", name="Wrong").click()
    expect(card.get_by_text("Thank you, it is noted.")).to_be_visible()
    expect(card.get_by_role("button", name="Wrong")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator("#history li").first).to_contain_text("Wrong")
    page.locator("#history li button").first.click()
    expect(page.locator("article h2")).to_have_text("How many employees does each city have?")


@pytest.mark.parametrize(
    ("locale", "first", "then", "whole"),
    [
        (
            "en-GB",
            "How many employees work in the Finance department?",
            "and in Accounting?",
            "How many employees work in the Accounting department?",
        ),
        ("tr-TR", "İstanbul'da kaç kadın çalışıyor?", "peki ya erkekler?", "İstanbul'da kaç erkek çalışıyor?"),
        ("ru-RU", "Сколько женщин работает в Москве?", "а в Стамбуле?", "Сколько женщин работает в Стамбуле?"),
    ],
)
def test_a_conversation_goes_on(locale, first, then, whole, visit):
    page = visit(locale=locale)
    ask(page, first)
    card = ask(page, then)
    expect(card.locator("q")).to_have_text(whole)
    expect(card).not_to_have_class("refusal")
    page.locator("#fresh").click()
    expect(page.locator("article")).to_have_count(0)


def test_a_refusal_offers_questions_that_can_be_clicked(visit):
    page = visit()
    card = ask(page, "How many people work in Atlantis?")
    expect(card).to_contain_text("“Atlantis” is not known.")
    card.locator("[data-ask]").first.click()
    expect(page.locator("article")).to_have_count(2)
    expect(page.locator("article").first.get_by_text("100%")).to_be_visible()


def test_without_a_model_the_page_says_so_in_the_language_of_the_question(visit):
    page = visit(locale="en-GB")
    card = ask(page, "Moskova'da adı A ile başlayan elektrikçiler arasında en çok hangi soyadı var?")
    expect(card).to_contain_text("Dil modeli şu anda yanıt vermiyor")


@pytest.mark.parametrize(
    ("locale", "title"),
    [("tr-TR", "Şirket verilerine sorun"), ("ru-RU", "Спросите данные компании"), ("fr-FR", "Ask the company's data")],
)
def test_the_page_speaks_the_language_of_the_browser_until_it_is_switched(locale, title, visit):
    page = visit(locale=locale)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.get_by_role("link", name="Türkçe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Şirket verilerine sorun")
    expect(page.locator("html")).to_have_attribute("lang", "tr")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "tr")


def test_the_keyboard_is_enough(visit):
    page = visit()
    expect(page.get_by_role("textbox")).to_be_focused()
    page.keyboard.type(DEPARTMENTS)
    page.keyboard.press("Enter")
    card = page.locator("article")
    card.wait_for()
    expect(page.get_by_role("textbox")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.locator("summary:focus").count():
            break
    page.keyboard.press("Enter")
    expect(card.locator("pre")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_cut_off_and_everything_can_be_read(width, scheme, visit):
    page = visit(viewport={"width": width, "height": 800}, color_scheme=scheme)
    card = ask(page, DEPARTMENTS)
    assert page.locator("html").evaluate("html => html.scrollWidth") <= width
    for text in (card.locator(".says"), card.locator(".quiet").first, page.locator("#hint"), page.locator(".primary")):
        assert contrast(text) >= 4.5, text


def contrast(locator):
    """Of the letters with what is behind them, as WCAG has it."""
    colours = locator.evaluate("""node => {
        let behind = node;
        while (getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
        return [getComputedStyle(node).color, getComputedStyle(behind).backgroundColor];
    }""")
    light, dark = sorted((luminance(colour) for colour in colours), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    channels = [int(number) / 255 for number in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_what_is_typed_is_text(visit):
    page = visit()
    attack = "<img src=x onerror=alert(1)><script>alert(2)</script> welders in Atlantis"
    card = ask(page, attack)
    expect(card.locator("h2")).to_have_text(attack)
    assert page.locator("article img, article script, #history img").count() == 0


def test_a_server_that_is_gone_is_said(browser, cleaned_home):
    port = free_port()
    process = cleaned_home.start("ask", "--web", "--port", str(port))
    wait_for(f"http://127.0.0.1:{port}", process)
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{port}")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    card = ask(page, DEPARTMENTS)
    expect(card).to_contain_text("The server does not answer.")
    page.close()


def test_a_port_that_is_taken_is_said(address, cleaned_home):
    port = address.rpartition(":")[2]
    process = cleaned_home.start("ask", "--web", "--port", port)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in output
    assert "Traceback" not in output
