"""Opening models: what is missing is said in one sentence; queued calls reach the model that they name."""

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from llm.errors import ModelError
from llm.gateway import Gateway
from llm.model import QueuedChatModel, open_model


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("openai:gpt-4o", "The model 'openai:gpt-4o' cannot be used: Missing credentials"),
        ("anthropic:claude-sonnet-4-5", "needs a package that is not installed.*pip install langchain-anthropic"),
        ("nobody:nothing", "The model 'nobody:nothing' cannot be used: Unable to infer model provider"),
    ],
)
def test_what_is_missing_is_said(spec, sentence, tmp_path):
    with pytest.raises(ModelError, match=sentence), open_model(spec, cache=tmp_path):
        pass


def test_a_provider_with_a_key_opens_without_a_network(monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")
    with open_model("openai:gpt-4o", cache=tmp_path) as model:
        assert model.name == "openai:gpt-4o"


def test_a_provider_that_refuses_the_key_is_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")
    monkeypatch.setenv("OPENAI_API_BASE", "http://127.0.0.1:1/v1")  # nothing listens there
    with open_model("openai:gpt-4o", cache=tmp_path) as model, pytest.raises(ModelError, match="does not answer"):
        model.invoke("hello")


def test_the_user_of_a_call_is_who_waits():
    class Watched(Gateway):
        users = ()

        def turn(self, user, **kwargs):
            self.users = (*self.users, user)
            return super().turn(user, **kwargs)

    gateway = Watched(1)
    inner = FakeListChatModel(responses=["one", "two"])
    model = QueuedChatModel(name="canned", connect=lambda _messages: inner, gateway=gateway)
    assert model.invoke("hello", {"metadata": {"user": "ayşe"}}).text == "one"
    assert model.invoke("hello").text == "two"
    assert gateway.users == ("ayşe", "local")
