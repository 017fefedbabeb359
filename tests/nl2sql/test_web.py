"""The page without a browser: what it renders, in which language, and what it does not let in."""

import json
import re
import threading

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from starlette.testclient import TestClient

from llm.errors import ModelError
from nl2sql import memory
from nl2sql.compose import NotUnderstood
from nl2sql.web.app import build_app
from nl2sql.web.desk import Desk
from nl2sql.web.door import PatientDoor
from nl2sql.web.protection import MAX_BODY

pytestmark = pytest.mark.alone


def no_model():
    raise ModelError("it is not there")


@pytest.fixture
def visit(company):
    """A browser's view of the page; the model says given things."""

    def visit(*replies, user="page", language="en"):
        model = (lambda: FakeListChatModel(responses=list(replies))) if replies else no_model
        told = []
        desk = Desk(
            company.engine,
            company.reader,
            model,
            user=user,
            role=None,
            deadline_s=5,
            told=lambda: told.append(1),
        )
        client = TestClient(
            build_app(desk), base_url="http://127.0.0.1:8080", headers={"Accept-Language": f"{language}-XX,de;q=0.5"}
        )
        client.token = re.search(r'name="token" content="([^"]+)"', client.get("/").text)[1]
        client.told = told
        return client

    return visit


def put(client, question, conversation="c", **headers):
    return client.post(
        "/ask", json={"question": question, "conversation": conversation}, headers={"X-Token": client.token, **headers}
    )


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Ask the company&#39;s data"),
        ("tr", "Şirket verilerine sorun"),
        ("ru", "Спросите данные компании"),
        ("de", "Ask the company&#39;s data"),
    ],
)
def test_the_page_speaks_the_language_of_the_browser(language, title, visit):
    assert title in visit(language=language).get("/").text


def test_the_language_can_be_switched_and_stays(visit):
    client = visit(language="ru")
    assert '<html lang="tr">' in client.get("/?language=tr").text
    assert '<html lang="tr">' in client.get("/").text
    assert '<html lang="tr">' in client.get("/?language=xx").text


def test_an_answer_has_everything(visit):
    answer = put(visit(language="tr"), "Сколько сотрудников в каждом отделе?").text
    assert '<article lang="ru"' in answer
    assert "Строк: 6. Первая — Отдел: Инженерный отдел" in answer
    for part in ("<svg", "<table>", "GROUP BY", "100%", "Güven", "Doğru", "Уволенные не учитываются"):
        assert part in answer


def test_a_refusal_offers_what_can_be_asked(visit):
    answer = put(visit(), "How many people work in Atlantis?").text
    assert 'class="refusal"' in answer
    assert answer.count("data-ask=") == 3
    assert "data-verdict" not in answer


@pytest.mark.parametrize("question", ["", "   ", "???", "how many " * 300])
def test_what_cannot_be_asked_is_said_in_the_language_of_the_page(question, visit):
    response = put(visit(language="tr"), question)
    assert response.status_code == 422
    assert "En az bir sözcük" in response.text


def test_everything_is_escaped(visit):
    attack = '<script>alert(1)</script>"><img src=x onerror=alert(2)> welders'
    client = visit("SELECT '<b>' || city || '</b>' AS \"<i>x</i>\" FROM staff WHERE position = 'Welder'")
    answer = put(client, attack).text
    for text in (answer, client.get("/history").text, client.get("/").text):
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<b>" not in text
        assert "<i>" not in text


def test_the_browser_is_told_to_run_nothing_else(visit):
    headers = visit().get("/").headers
    assert "default-src 'none'; script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
    page = visit(user="quiet").get("/").text
    assert not re.search(r"\son\w+=|\sstyle=|<style|<script>|https?://(?!www\.w3\.org)", page)


def test_other_sites_stay_out(visit):
    client = visit()
    assert put(client, "How many people?", Origin="https://evil.example").status_code == 403
    assert put(client, "How many people?", Origin="http://127.0.0.1:9999").status_code == 403
    assert put(client, "How many people?", **{"X-Token": "guess"}).status_code == 403
    assert put(client, "How many people?", Host="evil.example").status_code == 400, "a name that was rebound"
    form = client.post("/ask", data={"question": "How many?"}, headers={"X-Token": client.token})
    assert form.status_code == 415
    assert client.get("/ask").status_code == 404
    assert put(client, "How many employees are there in total?", Origin="http://127.0.0.1:8080").status_code == 200
    assert len(client.told) == 1


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b"{}", 400),
        (b'{"question": 1, "conversation": "c"}', 400),
        (b'{"question": "How many?", "conversation": "../x y"}', 400),
        (json.dumps({"question": "x" * MAX_BODY, "conversation": "c"}).encode(), 413),
    ],
)
def test_malformed_requests_are_refused(content, status, visit):
    client = visit()
    headers = {"X-Token": client.token, "Content-Type": "application/json"}
    assert client.post("/ask", content=content, headers=headers).status_code == status


@pytest.mark.parametrize("name", ["app.py", "words.toml", "answer.html", "..%2fengine.py", "nothing"])
def test_only_the_files_of_the_page_are_served(name, visit):
    assert visit().get(f"/{name}").status_code == 404


def test_thumbs_are_kept_for_ones_own_answers_only(visit, company):
    client = visit(user="olga2")
    number = int(re.search(r'data-question-id="(\d+)"', put(client, "How many lawyers work in Dubai?").text)[1])
    headers = {"X-Token": client.token}
    assert (
        client.post("/feedback", json={"question_id": number, "verdict": "wrong"}, headers=headers).status_code == 200
    )
    assert memory.turn(company.engine, number).verdict == "wrong"
    other = visit(user="somebody")
    headers = {"X-Token": other.token}
    assert other.post("/feedback", json={"question_id": number, "verdict": "right"}, headers=headers).status_code == 404
    assert other.post("/feedback", json={"question_id": True, "verdict": "right"}, headers=headers).status_code == 400
    assert other.post("/feedback", json={"question_id": number, "verdict": "?"}, headers=headers).status_code == 400
    assert other.post("/feedback", json={"question_id": number, "verdict": "right"}).status_code == 403
    assert memory.turn(company.engine, number).verdict == "wrong"


def test_the_history_is_ones_own_and_each_question_once(visit):
    client = visit(user="history")
    for question in (
        "How many welders work in Moscow?",
        "How many welders work in Kazan?",
        "how many welders work in moscow?",
    ):
        put(client, question)
    shown = re.findall(r'data-ask="([^"]+)"', client.get("/history").text)
    assert shown == ["how many welders work in moscow?", "How many welders work in Kazan?"]


def test_without_a_model_the_page_says_so_and_answers_what_was_checked(visit, monkeypatch):
    monkeypatch.setattr("nl2sql.engine.compose", lambda *_: NotUnderstood((), "left to the model"))
    client = visit(language="ru")
    refused = put(client, "Какова численность сварщиков старше 41 года в Москве?").text
    assert "Языковая модель сейчас не отвечает" in refused
    assert "Количество: 8." in put(client, "Сколько сварщиков работает в Москве?").text


def test_a_model_that_is_slow_to_open_is_waited_for_only_so_long():
    ready = threading.Event()
    calls = []

    def open_model():
        calls.append(1)
        ready.wait(30)
        return FakeListChatModel(responses=["x"])

    door = PatientDoor(open_model, patience_s=0.05)
    for _ in range(2):
        with pytest.raises(ModelError, match="being started or fetched"):
            door()
    ready.set()
    door._opening.join()
    assert door().responses == ["x"]
    assert len(calls) == 1


def test_a_model_that_could_not_be_opened_is_tried_again():
    answers = [ModelError("no weights"), OSError("disk"), FakeListChatModel(responses=["x"])]

    def open_model():
        found = answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    door = PatientDoor(open_model, patience_s=5)
    with pytest.raises(ModelError, match="no weights"):
        door()
    with pytest.raises(ModelError, match="could not be opened: disk"):
        door()
    assert door().responses == ["x"]
