"""How a folder says that everything in it is simulated."""

SYNTHETIC = "SYNTHETIC.md"
"""A file of this name at the top of a folder to land. The demo writes one; the lake keeps one."""
