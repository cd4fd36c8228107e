"""What a file says without a lake, and the profile that is proposed for one that no reader knows.

`countinghouse read` and `countinghouse init` are built on it.
"""
