"""Who settles whom, and the controls that must hold.

Here belong the assets of matches, breaks and controls, and the check of each control.
"""
