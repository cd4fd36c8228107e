"""What must be true: data contracts, accounting laws and reconciliation. No Dagster, no storage."""
