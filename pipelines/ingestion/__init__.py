"""From landing to bronze: every waiting file is taken exactly once, or refused for a reason."""

from pipelines.intake.arrive import land
from pipelines.intake.ingest import ensure_tables, ingest, waiting
from pipelines.intake.records import FileRecord, Intake

__all__ = ["FileRecord", "Intake", "ensure_tables", "ingest", "land", "waiting"]
