"""Mutated files by the hundred thousand through every reader: read, or refused in words.

`seeds` are sample files of every format, `mutations` the ways to spoil one, `readers` the command.
"""
