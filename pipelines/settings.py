"""The one door through which the environment enters."""

from functools import cached_property
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).parents[1]


class Settings(BaseSettings):
    """Where the lake lies and how the servers are guarded; read from the environment."""

    model_config = SettingsConfigDict(env_prefix="", frozen=True, extra="ignore")

    lake_root: Path = REPOSITORY / ".lake"
    memory_limit: str = "1GB"
    threads: int = 2
    countinghouse_token: SecretStr | None = None

    @cached_property
    def root(self) -> Path:
        """The lake's folder, absolute."""
        return self.lake_root.resolve()
