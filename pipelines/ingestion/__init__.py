"""From landing to bronze: every waiting file is taken exactly once, or refused for a reason.

Here belongs what chooses a reader, admits rows, and puts the outcome on record.
"""

from pipelines.ingestion.arrive import land
from pipelines.ingestion.file_records import FileRecord, Intake
from pipelines.ingestion.ingest import ensure_tables, ingest, waiting

__all__ = ["FileRecord", "Intake", "ensure_tables", "ingest", "land", "waiting"]
