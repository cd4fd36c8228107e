"""From landing to bronze: every waiting file is taken exactly once, or refused for a reason.

Here belongs what chooses a reader, admits rows, and puts the outcome on record.
"""

from pipelines.ingestion.file_records import FileRecord, IngestionResult
from pipelines.ingestion.ingest import ensure_tables, ingest, waiting
from pipelines.ingestion.land_folder import land

__all__ = ["FileRecord", "IngestionResult", "ensure_tables", "ingest", "land", "waiting"]
