"""What cleaning does: which stages, in which order, how sure a change must be.

A plan is a TOML file, every part of which may be left out:

    sure = 0.85              # changes of at least this confidence are made, less sure ones wait in review
    relearn_share = 0.1      # when more of the records changed, all are cleaned again
    stages = ["normalise.spaces", "translate.words", "own_rules.py:codes"]   # in this order
    off = ["spelling.names"] # left out of the stages

A stage of one's own is `file.py:function`, the file relative to the plan's. What a stage is, `erp.stages` says.
"""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeAlias

import polars as pl

from erp import normalise, repair, spelling, translate
from erp.changes import Tables
from erp.errors import ErpError
from erp.knowledge import Knowledge
from erp.own_stages import load_stage

Rule: TypeAlias = Callable[[Tables, Knowledge], pl.DataFrame]
"""From records and what is known to proposed changes, with the columns of `erp.changes.SCHEMA`."""


@dataclass(frozen=True)
class Stage:
    """One step of cleaning."""

    name: str
    propose: Rule

    @property
    def group(self) -> str:
        """`normalise`, `translate`, `spelling`, `repair`, or the file of an own one."""
        return self.name.partition(".")[0]


def _shipped(module: ModuleType, *names: str) -> tuple[Stage, ...]:
    return tuple(Stage(f"{module.__name__.removeprefix('erp.')}.{name}", getattr(module, name)) for name in names)


STAGES: Final = (
    *_shipped(
        normalise,
        *("encoding", "spaces", "homoglyphs", "name_case", "dates", "phones", "emails", "national_ids", "numbers"),
    ),
    *_shipped(translate, "words", "names"),
    *_shipped(repair, "swapped_patronymics", "swapped_names"),
    *_shipped(spelling, "words", "names"),
    *_shipped(repair, "dependent_cells", "impossible"),
)
"""The stages in their usual order."""

_KEYS: Final = ("sure", "relearn_share", "stages", "off")


@dataclass(frozen=True)
class Plan:
    """What a night cleans with."""

    stages: tuple[Stage, ...] = STAGES
    sure: float = 0.85
    """Changes of at least this confidence are made; less sure ones wait in review."""
    relearn_share: float = 0.1
    """When a larger share of the records changed since rules last learned from all, all are cleaned again."""
    own: str = ""
    """Hash of the files that own stages come from."""

    @classmethod
    def load(cls, path: Path | None) -> Plan:
        """Read a plan; without a path it is the usual one.

        Raises:
            ErpError: the file cannot be read, or says something that is not allowed.
        """
        if path is None:
            return cls()
        try:
            said = tomllib.loads(Path(path).read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ErpError(f"The cleaning plan {path} cannot be read: {error}.") from error
        for key in said:
            if key not in _KEYS:
                raise ErpError(f"The cleaning plan {path} says {key!r}; it may say {', '.join(_KEYS)}.")
        found = {stage.name: stage for stage in STAGES}
        names = _names(said, "stages", list(found), path)
        off = _names(said, "off", [], path)
        own = [name for name in names if ":" in name]
        found |= {
            name: Stage(
                name.rpartition(":")[0].removesuffix(".py") + "." + name.rpartition(":")[2], load_stage(name, path)
            )
            for name in own
        }
        for name in (*names, *off):
            if name not in found:
                raise ErpError(_unknown(name, list(found), path))
        if len(set(names)) < len(names):
            raise ErpError(f"The cleaning plan {path} names a stage twice; each may run once.")
        return cls(
            stages=tuple(found[name] for name in names if name not in off),
            sure=_share(said, "sure", cls.sure, path),
            relearn_share=_share(said, "relearn_share", cls.relearn_share, path),
            own=_digest_of(sorted({name.rpartition(":")[0] for name in own}), path),
        )

    @property
    def digest(self) -> str:
        """Differs when records would be cleaned in another way."""
        text = "\n".join([*(stage.name for stage in self.stages), f"{self.sure}", self.own, _shipped_digest()])
        return hashlib.sha256(text.encode()).hexdigest()


_JUDGES: Final = (
    "changes", "contacts", "dates", "knowledge", "letters", "names", "normalise", "repair", "spelling", "stages",
    "translate", "vocabulary",
)  # fmt: skip
"""Modules whose change can change a verdict."""


@cache
def _shipped_digest() -> str:
    """Of the rules and lists that come with the package: a new version cleans everything again."""
    folder = Path(__file__).parent
    files = [
        *(folder / f"{name}.py" for name in _JUDGES),
        *(folder / "data").glob("*.csv"),
        folder / "data/first_names.toml",
    ]
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()


def _names(said: Mapping[str, Any], key: str, default: list[str], path: Path) -> list[str]:
    value = said.get(key, default)
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ErpError(f"{key} in the cleaning plan {path} is {value!r}; it must be a list of names.")
    return value


def _share(said: Mapping[str, Any], key: str, default: float, path: Path) -> float:
    value = said.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise ErpError(f"{key} in the cleaning plan {path} is {value!r}; it must be a number from 0 to 1.")
    return float(value)


def _unknown(name: str, known: Sequence[str], path: Path) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else "."
    return (
        f"The cleaning plan {path} names the stage {name!r}; there are {', '.join(known)}, and file.py:function{hint}"
    )


def _digest_of(files: Sequence[str], plan: Path) -> str:
    return hashlib.sha256(b"".join((plan.parent / file).read_bytes() for file in files)).hexdigest() if files else ""
