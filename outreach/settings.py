"""All settings: the environment read once into one frozen value."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from outreach.domain.errors import InvalidValue

PROJECT = Path(__file__).resolve().parent.parent
MOST_SEARCHES = 4  # unless an operator asks for more
SEARCHES_ALLOWED = 64
POSTGRES = ("postgresql://", "postgres://")  # how a PostgreSQL address begins


def setting(name: str, default: str, doc: str) -> str:
    """A dataclass field that is read from the environment variable `name`; `doc` says what it is for."""
    return field(default=default, metadata={"env": name, "doc": doc})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every choice an operator can make. The tests hold this list against docs/operate.md."""

    instance: str = setting("OUTREACH_INSTANCE", str(PROJECT / "instance"), "folder for the database and all files")
    database_url: str = setting("DATABASE_URL", "", "PostgreSQL address; empty: SQLite in the instance folder")
    host: str = setting("OUTREACH_HOST", "127.0.0.1", "address the server listens on")
    port: str = setting("OUTREACH_PORT", "8000", "first port tried")
    language: str = setting("OUTREACH_LANGUAGE", "vi", "language of pages and commands: vi or en")
    kernel_cache: str = setting(
        "OUTREACH_KERNEL_CACHE", "", "folder for the compiled search; empty: kernel-cache in the instance folder"
    )
    solver_processes: str = setting(
        "OUTREACH_SOLVER_PROCESSES",
        "",
        "searches of one planning run at the same time, a core for each; empty: the cores less one, at most 4",
    )
    consumer: str = setting("OUTREACH_CONSUMER", "on", "on: background work runs inside the server; off: apart")
    osm_tiles: str = setting("OUTREACH_OSM_TILES", "off", "on: planners' maps load tiles from OpenStreetMap")
    outlines: str = setting("OUTREACH_OUTLINES", "", "GeoJSON file of commune or province outlines")
    geocoder: str = setting(
        "OUTREACH_GEOCODER", "off", "on: a click sends one site's name to a map server for its place"
    )
    geocoder_url: str = setting(
        "OUTREACH_GEOCODER_URL", "https://nominatim.openstreetmap.org", "Nominatim server that is asked for places"
    )
    secure_cookies: str = setting("OUTREACH_SECURE_COOKIES", "off", "on: cookies only over HTTPS")
    trusted_hosts: str = setting("OUTREACH_TRUSTED_HOSTS", "", "comma-separated host names; empty: any")

    @property
    def instance_folder(self) -> Path:
        """The folder for the database and all files."""
        return Path(self.instance)

    @property
    def kernel_cache_folder(self) -> Path:
        """The folder for the compiled search."""
        return Path(self.kernel_cache) if self.kernel_cache else self.instance_folder / "kernel-cache"

    @property
    def searches(self) -> int:
        """Searches of one planning run at the same time: of the cores one is left for pages."""
        if not self.solver_processes:
            return min(max((os.cpu_count() or 1) - 1, 1), MOST_SEARCHES)
        if not self.solver_processes.isdecimal() or not 1 <= int(self.solver_processes) <= SEARCHES_ALLOWED:
            raise InvalidValue(
                "OUTREACH_SOLVER_PROCESSES={value} không phải số từ 1 đến {most}.",
                field="solver_processes",
                value=self.solver_processes,
                most=SEARCHES_ALLOWED,
            )
        return int(self.solver_processes)

    @property
    def database_address(self) -> str:
        """The SQLAlchemy URL of the database in use."""
        if self.database_url:
            return "postgresql+psycopg://" + self.database_url.split("://", 1)[-1]
        return f"sqlite:///{(self.instance_folder / 'outreach.db').as_posix()}"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from `environment` (default: the process's own)."""
    env = os.environ if environment is None else environment
    chosen = {f.name: env[f.metadata["env"]] for f in fields(Settings) if env.get(f.metadata["env"])}
    return Settings(**chosen)
