"""What spoke for a match or a break, as a structure and in words.

Cards are made here and encoded once.
"""
