"""One module per file format: bytes in, typed Polars frames out. Nothing here writes anything."""
