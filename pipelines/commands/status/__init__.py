"""`countinghouse status`: files, quarantine, controls and the day of the figures.

The command reads the lake; each other module prints one part of the report.
"""
