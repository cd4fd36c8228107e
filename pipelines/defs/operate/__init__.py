"""Jobs, schedules, sensors, and the upkeep of the lake.

Here belongs what starts, watches or ends a run, and no figure.
"""
