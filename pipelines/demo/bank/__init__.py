"""What the banks book and state, and when their statements are delivered.

How a statement is written down is for `formats`.
"""
