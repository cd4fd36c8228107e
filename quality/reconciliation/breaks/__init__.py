"""What nothing settles: its type, its likely cause, how long it may wait, and its history.

Every row left over becomes exactly one break.
"""
