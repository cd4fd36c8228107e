"""Forecasts and scores: one folder per model, the same verbs in each.

Whatever several models share (cards, metrics, splits, the registry) is loose beside them.
"""
