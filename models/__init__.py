"""Forecasts and scores: one folder per model, the same verbs in each."""
