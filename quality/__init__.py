"""What must be true: data contracts, accounting controls and reconciliation.

No Dagster, no storage: frames and connections come in, verdicts and frames go out.
"""
