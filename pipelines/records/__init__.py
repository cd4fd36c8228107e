"""What the house keeps on record of itself: the control tables and what is read from them.

Every row says who, when and why; rows are appended and never changed.
"""
