"""Forecasts and scores: one folder per model, the same verbs in each.

A model's verbs are dataset, train, evaluate and predict. What the models share belongs here: the
registry, the card, time splits, baselines and metrics. The tables of the lake are read and written
by `pipelines`: a model takes frames and gives frames.
"""
