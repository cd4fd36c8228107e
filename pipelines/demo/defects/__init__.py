"""What is wrong on purpose: planted breaks, malformed files, and the truth about both.

The truth is written beside the landing folder and never read by a build.
"""
