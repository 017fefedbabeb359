"""The Dagster UI as a person uses it, in a real headless browser."""

import re
import shutil
import signal
import socket
import time
import urllib.error
import urllib.request
from urllib.parse import quote

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 120_000

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def ui(cleaned_home):
    """The address of a running UI; afterwards no process of it is left."""
    port = free_port()
    process = cleaned_home.start("ui", "--port", str(port))
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 90
    while True:
        try:
            urllib.request.urlopen(f"{address}/server_info", timeout=5).close()
            break
        except (urllib.error.URLError, TimeoutError):
            assert process.poll() is None, process.stdout.read()
            assert time.monotonic() < deadline, "the UI did not start"
            time.sleep(0.2)
    yield address
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=90)
    assert process.returncode == 0, output
    assert cleaned_home.processes() == []


@pytest.fixture
def page(ui):
    """A fresh page of a headless browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1700, "height": 950}, base_url=ui)
        page.set_default_timeout(PATIENCE_MS)
        yield page
        browser.close()


def test_asset_graph_shows_the_product(page):
    groups = ("training", "governance", "asking", "reporting")
    page.goto("/asset-groups?expanded=" + quote(",".join(f"global@global:{group}" for group in groups)))
    for asset in ("surrogate", "raw_records", "repaired_cells", "clean_records", "answer", "nightly_report"):
        page.get_by_text(asset, exact=True).first.wait_for()


def test_nightly_job_has_its_schedule(page):
    page.goto("/locations/__repository__@millrace/jobs/nightly")
    page.get_by_text(re.compile("02:00 AM")).first.wait_for()


def test_question_is_asked_from_the_launchpad(page):
    config = "ops:\n  answer:\n    config:\n      question: Сколько сотрудников в каждом отделе?\n"
    page.goto("/locations/__repository__@millrace/jobs/ask/playground/setup?config=" + quote(config))
    page.get_by_role("button", name="Launch Run").click()
    page.wait_for_url("**/runs/**")
    page.get_by_text("Success", exact=True).first.wait_for()
    page.goto("/assets/answer")
    page.get_by_text("department").first.wait_for()
    page.get_by_text("verified").first.wait_for()


def test_cleaned_records_explain_themselves(page):
    page.goto("/assets/clean_records")
    page.get_by_text("The published records: one row a person").first.wait_for()
    page.get_by_text("published", exact=True).first.wait_for()


STUDY = {"simulations": 200, "grid": 16, "steps": 50, "watermark": 200, "capacity": 400, "repeats": 40.0}
"""Small fields that are used so often that it trains long enough to be terminated in between."""


@pytest.mark.mpi
@pytest.mark.timeout(600)
def test_terminating_a_study_ends_its_ranks_and_the_next_materialisation_goes_on(page, cleaned_home):
    open_launchpad(page)
    page.get_by_role("button", name="Add new partition").click()
    page.get_by_placeholder("name", exact=True).fill("halted")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("partition: halted").wait_for()
    write_config(page, STUDY)
    launch(page)
    page.get_by_text(re.compile(r"[1-9]\d* of 200 simulations")).first.wait_for()
    assert workers(cleaned_home)

    page.get_by_role("button", name="Terminate").click()
    page.get_by_role("button", name="Terminate 1 run").click()
    page.get_by_text("Canceled", exact=True).first.wait_for()
    page.get_by_text("Process for run exited").first.wait_for()
    assert workers(cleaned_home) == []
    assert (cleaned_home.path / "models" / "halted.partial.pt").exists()

    open_launchpad(page)
    page.get_by_placeholder("Partition", exact=True).fill("halted")
    page.keyboard.press("Enter")
    page.get_by_text("partition: halted").wait_for()
    launch(page)
    page.get_by_text("Success", exact=True).first.wait_for(timeout=2 * PATIENCE_MS)
    assert not (cleaned_home.path / "models" / "halted.partial.pt").exists()

    page.goto("/assets/surrogate?view=partitions&partition=halted")
    assert metadata(page, "resumed") > 0
    assert metadata(page, "resumed") + metadata(page, "simulations") == STUDY["simulations"]
    row(page, "learning").get_by_text("Show Markdown").click()
    page.get_by_alt_text("loss and error on unseen simulations").wait_for()


def open_launchpad(page) -> None:
    """From the page of the asset `surrogate`; the solver need not be verified for what is tested here."""
    page.goto("/assets/surrogate?view=partitions")
    page.get_by_role("button", name="Materialize").locator("xpath=following::button[1]").click()
    page.get_by_text("Open launchpad").click()
    confirm, add = (page.get_by_role("button", name=name) for name in ("Confirm", "Add new partition"))
    confirm.or_(add).first.wait_for()
    if confirm.count():
        confirm.click()
    add.wait_for()


def write_config(page, config: dict) -> None:
    """Put the config of `surrogate` into the launchpad's editor, as a paste does."""
    text = "ops:\n  surrogate:\n    config:\n" + "".join(f"      {key}: {value}\n" for key, value in config.items())
    page.evaluate("text => [...document.querySelectorAll('.CodeMirror')].pop().CodeMirror.setValue(text)", text)


def launch(page) -> None:
    """Launch the run that the launchpad shows, and follow to its page."""
    page.get_by_role("button", name="Materialize").last.click()
    page.wait_for_url("**/runs/**")


def row(page, name: str):
    """The row of that name in the metadata of the partition that is shown."""
    return page.locator("tr").filter(has=page.get_by_text(name, exact=True)).first


def metadata(page, name: str) -> int:
    """The number in that row."""
    return int(row(page, name).inner_text().replace(name, "").strip())


def workers(home) -> list:
    """Processes of the study's workers: launcher, proxy and ranks."""
    return [process for process in home.processes() if "sims.worker" in process.cmdline()]
