"""What runs need from outside, one class a thing; assets see the shapes in `assets.needs`.

Each reads the environment when a run starts, not when definitions load, and shows no secret in the UI.
"""

import contextlib
from collections.abc import Generator

import dagster as dg
from langchain_core.language_models import BaseChatModel

from assets.needs import ModelDoor
from llm.model import open_model
from pipelines.admission.picture import Picture, take_picture
from pipelines.database import Database, opened
from pipelines.settings import Settings


class InstallationResource(dg.ConfigurableResource[Settings]):
    """The settings of this installation."""

    def create_resource(self, context: dg.InitResourceContext) -> Settings:
        """Read the environment."""
        return Settings.from_environ()


class DatabaseResource(dg.ConfigurableResource[Database]):
    """The PostgreSQL database, migrated; the embedded server runs as long as somebody uses it."""

    @contextlib.contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator[Database]:
        """Open the database for a run."""
        with opened(Settings.from_environ()) as database:
            yield database


class LanguageModelResource(dg.ConfigurableResource[ModelDoor]):
    """A door to the language model: nothing is started or downloaded before somebody opens it."""

    @contextlib.contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator[ModelDoor]:
        """Hand out the door; the model stays open until the run ends."""
        settings = Settings.from_environ()
        opened: list[BaseChatModel] = []
        with contextlib.ExitStack() as stack:

            def door() -> BaseChatModel:
                if not opened:
                    model = open_model(settings.llm, cache=settings.cache, gguf=settings.llm_gguf)
                    opened.append(stack.enter_context(model))
                return opened[0]

            yield door


class RunQueueResource(dg.ConfigurableResource["RunQueueResource"]):
    """The run queue of the instance that a run belongs to."""

    def look(self, instance: dg.DagsterInstance) -> Picture:
        """Take a picture of it."""
        return take_picture(instance)
