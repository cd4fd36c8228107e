"""What an intake says of itself in Dagster's words: metadata and check results."""

from typing import Any

import dagster as dg

from pipelines.defs.tables import table_metadata
from pipelines.ingestion import IngestionResult
from pipelines.ingestion.contract_check import ContractCheck
from pipelines.lake.lake import Lake
from quality.contract import Contract


def as_metadata(lake: Lake, table: Contract, intake: IngestionResult) -> dict[str, Any]:
    """Files and rows of this intake, and the Delta version the table has now."""
    loaded, away = intake.total("loaded"), intake.total("quarantined")
    return {
        **table_metadata(lake, f"bronze/{table.name}"),
        "feed_files_taken_in": intake.count("loaded"),
        "feed_files_refused": intake.count("refused"),
        "feed_rows_loaded": loaded.rows,
        "feed_rows_quarantined": away.rows,
        "feed_amount_loaded": dg.MetadataValue.text(f"{loaded.amount:,}"),
        "feed_amount_quarantined": dg.MetadataValue.text(f"{away.amount:,}"),
    }


def contract_check(table: Contract, proof: ContractCheck) -> dg.AssetCheckResult:
    """One result for a table: passed when every rule of its contract did."""
    return dg.AssetCheckResult(
        asset_key=[table.layer, table.name],
        check_name="stands_by_its_contract",
        passed=not proof.broken,
        metadata={
            "looked_at": proof.looked_at,
            "rules": len(proof.verdicts),
            "broken": len(proof.broken),
            "failing_rows": sum(verdict.failing_rows or 0 for verdict in proof.broken),
            "first_broken": "; ".join(f"{v.rule}: {v.detail}" for v in proof.broken[:5]) or "none",
        },
    )
