"""How alike two rows are: names, references, and what explains a difference of amount.

Nothing here decides; it measures.
"""
