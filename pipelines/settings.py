"""What the environment may say about an installation, read once and typed.

Every `MILLRACE_*` variable is here with its meaning and its bounds. Settings of one run (a study, a
question) are not: they belong to the asset's config.
"""

from __future__ import annotations

import codecs
import os
import shutil
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import platformdirs
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from erp.source import SourceOptions
from sims.ensemble import LAUNCHERS
from sims.launch import default_mpiexec

Choice = TypeVar("Choice", bound=str)
WAYS: Final[tuple[Literal["auto", "change_tracking", "watermark", "snapshot"], ...]] = (
    "auto",
    "change_tracking",
    "watermark",
    "snapshot",
)
"""How changes of a source can be found; see `erp.source`."""


class SettingsError(Exception):
    """A variable holds a value that is not allowed; the message says which, what and what is."""


@dataclass(frozen=True)
class Settings:
    """One installation of millrace."""

    home: Path
    """Everything that is written: Dagster instance, database, models, reports."""
    cache: Path
    """Model weights, shared by all homes of this user."""
    database_url: URL | None
    """PostgreSQL server of one's own; `None` is the embedded one."""
    source_url: URL | None
    """The ERP that is synchronised; `None` is the generated demonstration company."""
    source_options: SourceOptions
    """How the ERP is read."""
    cleaning: Path | None
    """The plan of cleaning; `None` is the one that is shipped."""
    employees: int
    """Size of the demonstration company."""
    ranks: int
    """MPI ranks of one simulation."""
    mpiexec: str
    """The launcher of MPI programs."""
    launcher: str
    """How the workers of a study are started: on this machine, or as jobs of a cluster."""
    host: str
    """The interface of this machine at which workers find the trainer."""
    llm: str
    """`local`, or `provider:model` as LangChain's `init_chat_model` takes it."""
    llm_gguf: Path | None
    """Weights to serve instead of looking for them."""
    ask_seconds: float
    """How long the language model may take for one question."""

    @property
    def dagster_home(self) -> Path:
        """The folder that `DAGSTER_HOME` names."""
        return self.home / "dagster"

    @property
    def models(self) -> Path:
        """Checkpoints of trained surrogates."""
        return self.home / "models"

    @property
    def reports(self) -> Path:
        """Figures and plots of finished jobs."""
        return self.home / "reports"

    @property
    def study_settings(self) -> dict[str, Any]:
        """Settings that a study has here, unless it is told otherwise."""
        return {"ranks": self.ranks, "launcher": self.launcher, "host": self.host}

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the environment.

        Raises:
            SettingsError: a variable holds something that is not allowed.
        """
        env = os.environ if environ is None else environ
        cache = env.get("MILLRACE_CACHE") or platformdirs.user_cache_dir("millrace")
        home = _folder("MILLRACE_HOME", env.get("MILLRACE_HOME") or ".millrace")
        return cls(
            home=home,
            cache=_folder("MILLRACE_CACHE", cache),
            database_url=_url(
                env, "MILLRACE_DATABASE_URL", "postgresql", "postgresql://user:password@host:5432/database"
            ),
            source_url=_url(
                env, "MILLRACE_SOURCE_URL", None, "mssql+pymssql://user:password@host/database or csv:///folder"
            ),
            source_options=_source_options(env),
            cleaning=_file(env, "MILLRACE_CLEANING") or _if_there(home / "cleaning.toml"),
            employees=_integer(env, "MILLRACE_EMPLOYEES", 20_000, 100, 10_000_000),
            ranks=_integer(env, "MILLRACE_RANKS", 2, 1, 4096),
            mpiexec=_mpiexec(env),
            launcher=_one_of(env, "MILLRACE_LAUNCHER", tuple(LAUNCHERS)),
            host=_host(env),
            llm=_llm(env),
            llm_gguf=_file(env, "MILLRACE_LLM_GGUF"),
            ask_seconds=_integer(env, "MILLRACE_ASK_SECONDS", 30, 1, 3600),
        )


def _folder(name: str, text: str) -> Path:
    path = Path(text).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise SettingsError(f"{name} is {text!r}, which is a file; it must be a folder or a name that is free.")
    return path


def _file(env: Mapping[str, str], name: str) -> Path | None:
    text = env.get(name)
    if not text:
        return None
    path = Path(text).expanduser().absolute()
    if not path.is_file():
        raise SettingsError(f"{name} is {text!r}, where no file is; it must name a file that can be read.")
    return path


def _integer(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name)
    if not text:
        return default
    allowed = f"it must be a whole number from {low} to {high}"
    try:
        value = int(text)
    except ValueError:
        raise SettingsError(f"{name} is {text!r}; {allowed}.") from None
    if not low <= value <= high:
        raise SettingsError(f"{name} is {value}; {allowed}.")
    return value


def _url(env: Mapping[str, str], name: str, backend: str | None, example: str) -> URL | None:
    text = env.get(name)
    if not text:
        return None
    try:
        url = make_url(text)
    except ArgumentError:
        # The text may hold a password, so it is not repeated.
        raise SettingsError(f"{name} is not a URL; it must look like {example}.") from None
    if backend is None:
        return url
    if url.get_backend_name() != backend:
        raise SettingsError(f"{name} names a {url.get_backend_name()} database; it must be PostgreSQL, like {example}.")
    return url.set(drivername=f"{backend}+psycopg")


def _mpiexec(env: Mapping[str, str]) -> str:
    text = env.get("MILLRACE_MPIEXEC")
    if text:
        found = shutil.which(text)
        if found is None:
            raise SettingsError(f"MILLRACE_MPIEXEC is {text!r}, which cannot be run; it must name an MPI launcher.")
        return found
    return default_mpiexec()


def _one_of(env: Mapping[str, str], name: str, allowed: Sequence[Choice]) -> Choice:
    """The first is the default."""
    text = env.get(name) or allowed[0]
    for one in allowed:
        if one == text:
            return one
    raise SettingsError(f"{name} is {text!r}; it must be one of {', '.join(allowed)}.")


def _source_options(env: Mapping[str, str]) -> SourceOptions:
    usual = SourceOptions()
    return SourceOptions(
        way=_one_of(env, "MILLRACE_SOURCE_WAY", WAYS),
        watermark=env.get("MILLRACE_SOURCE_WATERMARK") or usual.watermark,
        encoding=_encoding(env, "MILLRACE_SOURCE_ENCODING") or usual.encoding,
        delimiter=_delimiter(env, "MILLRACE_SOURCE_DELIMITER") or usual.delimiter,
        accept_deletes=_one_of(env, "MILLRACE_ACCEPT_DELETES", ("0", "1")) == "1",
    )


def _encoding(env: Mapping[str, str], name: str) -> str | None:
    text = env.get(name)
    if not text:
        return None
    try:
        return codecs.lookup(text).name
    except LookupError:
        raise SettingsError(
            f"{name} is {text!r}, which no encoding is called; it must be like cp1254 or utf-8."
        ) from None


def _delimiter(env: Mapping[str, str], name: str) -> str | None:
    text = env.get(name)
    if not text:
        return None
    sign = "\t" if text == "tab" else text
    if len(sign) != 1 or not sign.isascii() or sign.isalnum() or sign in "\"'\r\n":
        raise SettingsError(f"{name} is {text!r}; it must be one sign, like ; or |, or the word tab.")
    return sign


def _if_there(path: Path) -> Path | None:
    return path if path.is_file() else None


def _host(env: Mapping[str, str]) -> str:
    text = env.get("MILLRACE_HOST") or "127.0.0.1"
    try:
        address = socket.gethostbyname(text)
        with socket.socket() as probe:
            probe.bind((address, 0))
    except (OSError, UnicodeError) as error:
        raise SettingsError(
            f"MILLRACE_HOST is {text!r}, which is no address of this machine ({error}); "
            "it must be the name or IPv4 address at which the workers' machines reach this one."
        ) from None
    if ip_address(address).is_unspecified:
        raise SettingsError(
            f"MILLRACE_HOST is {text!r}, at which no worker can find the trainer; it must be one address."
        )
    return text


def _llm(env: Mapping[str, str]) -> str:
    text = env.get("MILLRACE_LLM") or "local"
    if text != "local" and not all(text.partition(":")):
        raise SettingsError(
            f"MILLRACE_LLM is {text!r}; it must be 'local' or provider:model, for example openai:gpt-4o."
        )
    return text
