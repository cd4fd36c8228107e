"""Jobs, schedules, sensors, and the upkeep of the lake."""
