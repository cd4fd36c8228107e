"""Format 1: versions are recorded, and modules, tables and columns have the names of the trade."""

from pipelines.lake.upgrades.change import FileTextReplaced, TableRenamed
from pipelines.lake.upgrades.upgrade import Upgrade

V1 = Upgrade(
    version=1,
    title="format versions on record; names of the trade",
    changes=(
        # Runs make these anew; moved, they leave nothing behind under their old names.
        *(
            TableRenamed(f"silver/{old}", f"silver/{new}", hinders_reading=False)
            for old, new in (
                ("int_movement_tellings", "int_movement_occurrences"),
                ("int_document_supplements", "stg_document_supplements"),
                ("int_superseded_documents", "stg_superseded_documents"),
            )
        ),
        FileTextReplaced(
            file=".dagster/dagster.yaml",
            pattern=r"enabled: false\nevent_log_storage:",
            replacement="enabled: false\nrun_retries:\n  enabled: true\n"
            "  max_retries: 0  # but for what a job says of itself\nevent_log_storage:",
            why="Dagster may try a job again that asks for it",
        ),
        FileTextReplaced(
            file=".dagster/dagster.yaml",
            pattern=r"module: pipelines\.defs\.operate\.run_records\n(\s+)class: RunRecords",
            replacement=r"module: pipelines.defs.operate.event_log\n\1class: BufferedEventLog",
            why="the class that keeps Dagster's events has another name",
        ),
    ),
)
