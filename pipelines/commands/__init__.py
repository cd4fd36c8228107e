"""What each command of `countinghouse` does; one module per command, imported when it is called."""
