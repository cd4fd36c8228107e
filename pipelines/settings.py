"""The one door through which the environment enters and leaves."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from pathlib import Path

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from quality.currencies import UnknownCurrencyError, admit_own, places

REPOSITORY = Path(__file__).parents[1]
"""Where the rooms lie: the checkout, or the folder into which the wheel was installed."""

DBT_PROJECT = REPOSITORY / "dbt_project"

_QUIET = {
    "DAGSTER_DISABLE_TELEMETRY": "yes",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "FEAST_USAGE": "False",
    "GX_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}

_PATTERNS = re.compile(r"[\[\]*?\\]|%[0-9A-Fa-f]{2}")

_OWNER_ONLY = 0o077
"""The umask: what a lake holds about people is readable by its owner and by nobody else."""


class Settings(BaseSettings):
    """Where the lake lies, its currencies, the memory of a run, how the servers are guarded."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    lake_root: Path = Path(".lake")
    memory_limit: str = "1GB"
    threads: int = 2
    as_of: str = ""
    """The day as of which dbt builds, as `set_as_of` tells it."""
    base_currency: str = "EUR"
    """The currency in which the house adds up."""
    own_currencies: dict[str, int] = {}
    """Codes that ISO 4217 does not know, with their decimals: {"USDC": 6, "BTC": 8}."""
    countinghouse_token: SecretStr | None = None
    countinghouse_hosts: str = ""

    @cached_property
    def root(self) -> Path:
        """The lake's folder, absolute."""
        return self.lake_root.resolve()

    @cached_property
    def dbt_target(self) -> Path:
        """Where dbt keeps what it parsed: with the project in a checkout, otherwise with the lake.

        An installed wheel lies where a run must not write.
        """
        if (REPOSITORY / "pyproject.toml").is_file():
            return DBT_PROJECT / "target"
        return self.root / ".dbt"

    @cached_property
    def served_names(self) -> tuple[str, ...]:
        """Names under which the servers are reached beside localhost: a proxy's, for instance."""
        names = self.countinghouse_hosts.split(",")
        return tuple(name.strip() for name in names if name.strip())

    @cached_property
    def dagster_home(self) -> Path:
        """Where Dagster keeps its runs and events: with the lake they speak of."""
        return self.root / ".dagster"


def configure_environment(lake_root: Path | None = None) -> Settings:
    """Settle the environment of this process and its children, and give the settings.

    The lake may be named; every library is told to keep quiet.
    """
    os.umask(_OWNER_ONLY)
    os.environ.update(_QUIET)
    if lake_root is not None:
        os.environ["LAKE_ROOT"] = str(lake_root.resolve())
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "50")  # events are written many at a time
    settings = _read()
    _refuse_patterns(settings.root)
    os.environ.pop("COUNTINGHOUSE_TOKEN", None)  # no child has need of it
    os.environ["LAKE_ROOT"] = str(settings.root)
    os.environ["DBT_SCRATCH"] = ":memory:"  # private to each build; it holds nothing but views
    os.environ["BASE_CURRENCY"] = settings.base_currency
    os.environ["MEMORY_LIMIT"] = settings.memory_limit
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    _put_first("PYTHONPATH", REPOSITORY)  # our rooms, whatever a dependency may ship
    _put_first("PATH", Path(sys.executable).parent)  # dbt is called by name
    return settings


@contextmanager
def settings_of_run(
    *, lake_root: Path, base_currency: str, memory_limit: str
) -> Iterator[Settings]:
    """Settle the environment for one run on a lake that its configuration may name.

    dbt and whoever reads `Settings` follow it. Dagster's own home stays: a run on another lake is
    told where it was started. What stood in the environment before stands in it again afterwards.
    """
    wanted = {
        "LAKE_ROOT": str(lake_root.resolve()),
        "BASE_CURRENCY": base_currency,
        "MEMORY_LIMIT": memory_limit,
    }
    before = {name: os.environ.get(name) for name in (*wanted, "AS_OF")}
    os.environ.update(wanted)
    try:
        settings = _read()
        _refuse_patterns(settings.root)
        yield settings
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def release() -> str:
    """The release of this code, as its package states it."""
    from importlib.metadata import version

    return version("countinghouse")


def _read() -> Settings:
    """The settings, checked.

    Raises:
        SystemExit: one of them makes no sense; the sentence says which.
    """
    try:
        settings = Settings()
        admit_own(settings.own_currencies)
    except (ValidationError, SettingsError, UnknownCurrencyError) as error:
        first = " ".join(str(error).split())[:300]
        raise SystemExit(f"A setting in the environment cannot be read: {first}") from error
    if places(settings.base_currency) is None:
        raise SystemExit(f"BASE_CURRENCY is {settings.base_currency!r}, which is no currency")
    return settings


def _refuse_patterns(root: Path) -> None:
    """End the program where Delta or DuckDB would take the lake's folder for another one."""
    odd = _PATTERNS.search(str(root))
    if odd:
        raise SystemExit(
            f"The lake cannot lie in {root}: {odd[0]!r} in a folder's name is a pattern or code to "
            "the libraries that read it. Nothing was done; give --lake another folder. Blanks, "
            "umlauts, # and % are no trouble."
        )


def set_as_of(day: date) -> None:
    """Tell dbt the day as of which it builds.

    It goes by the environment, which dbt reads when it runs: a variable on its command line, or
    another path of its database, would make it parse the whole project again.
    """
    os.environ["AS_OF"] = day.isoformat()


def _put_first(variable: str, folder: Path) -> None:
    """Let a search path begin with a folder, once."""
    known = os.environ.get(variable, "").split(os.pathsep)
    rest = [part for part in known if part and part != str(folder)]
    os.environ[variable] = os.pathsep.join([str(folder), *rest])
