"""Tables in the columns of a bronze contract, as CSV or Parquet: the house's own exchange format.

The contract says which columns; nothing is written here twice.
"""
