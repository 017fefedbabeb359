"""A wrong variable is named, with what was found and what is allowed."""

from pathlib import Path

import pytest

from erp.source import SourceOptions
from pipelines.settings import Settings, SettingsError


def test_defaults_need_no_variable():
    settings = Settings.from_environ({})
    assert settings.home == Path(".millrace").absolute()
    assert settings.database_url is None
    assert (settings.employees, settings.ranks, settings.llm, settings.ask_seconds) == (20_000, 2, "local", 30)
    assert settings.source_options == SourceOptions()
    assert settings.cleaning is None
    assert settings.study_settings == {"ranks": 2, "launcher": "local", "host": "127.0.0.1"}


def test_variables_are_typed(tmp_path):
    settings = Settings.from_environ(
        {
            "MILLRACE_HOME": str(tmp_path / "home"),
            "MILLRACE_DATABASE_URL": "postgresql://me:secret@db:5432/erp",
            "MILLRACE_SOURCE_URL": "mssql+pymssql://me:secret@erp/hr",
            "MILLRACE_SOURCE_WAY": "watermark",
            "MILLRACE_SOURCE_WATERMARK": "changed_at",
            "MILLRACE_SOURCE_ENCODING": "windows-1254",
            "MILLRACE_SOURCE_DELIMITER": "tab",
            "MILLRACE_ACCEPT_DELETES": "1",
            "MILLRACE_EMPLOYEES": "240000",
            "MILLRACE_LLM": "openai:gpt-4o",
        }
    )
    assert settings.home == tmp_path / "home"
    assert settings.database_url.drivername == "postgresql+psycopg"
    assert settings.source_url.get_backend_name() == "mssql"
    assert settings.source_options == SourceOptions(
        way="watermark", watermark="changed_at", encoding="cp1254", delimiter="\t", accept_deletes=True
    )
    assert settings.employees == 240_000
    assert settings.llm == "openai:gpt-4o"


def test_a_folder_of_files_is_a_source():
    assert Settings.from_environ({"MILLRACE_SOURCE_URL": "csv:///data/erp"}).source_url.get_backend_name() == "csv"


def test_a_plan_in_the_home_is_taken_unless_another_is_named(tmp_path):
    own, other = tmp_path / "cleaning.toml", tmp_path / "other.toml"
    for file in (own, other):
        file.touch()
    assert Settings.from_environ({"MILLRACE_HOME": str(tmp_path)}).cleaning == own
    named = {"MILLRACE_HOME": str(tmp_path), "MILLRACE_CLEANING": str(other)}
    assert Settings.from_environ(named).cleaning == other


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("MILLRACE_EMPLOYEES", "many", "MILLRACE_EMPLOYEES is 'many'; it must be a whole number from 100 to 10000000."),
        ("MILLRACE_EMPLOYEES", "5", "MILLRACE_EMPLOYEES is 5; it must be"),
        ("MILLRACE_RANKS", "0", "MILLRACE_RANKS is 0; it must be a whole number from 1 to"),
        ("MILLRACE_HOME", __file__, "which is a file; it must be a folder"),
        (
            "MILLRACE_DATABASE_URL",
            "secret-without-scheme",
            "MILLRACE_DATABASE_URL is not a URL; it must look like postgresql:",
        ),
        ("MILLRACE_DATABASE_URL", "mysql://me:secret@db/erp", "names a mysql database; it must be PostgreSQL"),
        (
            "MILLRACE_SOURCE_WAY",
            "trigger",
            "MILLRACE_SOURCE_WAY is 'trigger'; it must be one of auto, change_tracking,",
        ),
        ("MILLRACE_SOURCE_ENCODING", "klingon", "MILLRACE_SOURCE_ENCODING is 'klingon', which no encoding is called"),
        ("MILLRACE_SOURCE_URL", "/data/erp", "MILLRACE_SOURCE_URL is not a URL; it must look like mssql+pymssql:"),
        ("MILLRACE_SOURCE_DELIMITER", ";;", "MILLRACE_SOURCE_DELIMITER is ';;'; it must be one sign, like ; or |"),
        ("MILLRACE_ACCEPT_DELETES", "yes", "MILLRACE_ACCEPT_DELETES is 'yes'; it must be one of 0, 1."),
        ("MILLRACE_CLEANING", "/nowhere/cleaning.toml", "MILLRACE_CLEANING is '/nowhere/cleaning.toml', where no file"),
        ("MILLRACE_LLM", "gpt-4o", "MILLRACE_LLM is 'gpt-4o'; it must be 'local' or provider:model"),
        ("MILLRACE_LLM_GGUF", "/nowhere/model.gguf", "where no file is"),
        ("MILLRACE_LAUNCHER", "pbs", "MILLRACE_LAUNCHER is 'pbs'; it must be one of local, slurm."),
        ("MILLRACE_HOST", "no such host", "MILLRACE_HOST is 'no such host', which is no address of this machine"),
        ("MILLRACE_HOST", "192.0.2.1", "MILLRACE_HOST is '192.0.2.1', which is no address of this machine"),
        ("MILLRACE_HOST", "0.0.0.0", "at which no worker can find the trainer"),
        ("MILLRACE_MPIEXEC", "no-such-mpiexec", "MILLRACE_MPIEXEC is 'no-such-mpiexec', which cannot be run"),
    ],
)
def test_wrong_value_is_explained(variable, value, says):
    with pytest.raises(SettingsError, match="MILLRACE_") as error:
        Settings.from_environ({variable: value})
    assert says in str(error.value)
    assert "secret" not in str(error.value)
