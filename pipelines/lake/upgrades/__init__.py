"""Upgrades of a lake that older code wrote: the format version, and one module for each step.

A module `v<number>` lists, as data, what changed its name or shape with that format version; the
other modules carry such changes out, once and on record, whatever is killed when.
"""
