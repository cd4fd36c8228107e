"""What each command of `countinghouse` does, imported when it is called.

A command asks the rooms and prints; what is true or allowed is decided in them.
"""
