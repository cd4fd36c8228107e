"""`countinghouse run`: from landing to forecast, and a table at the end.

The command, the labels of its steps, and the summary as it is printed.
"""
