"""From landing to bronze, with the contracts at the door.

Here belong the assets of files and bronze tables, and their checks.
"""
