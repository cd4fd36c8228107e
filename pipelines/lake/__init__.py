"""The storage boundary: the landing zone and the Delta tables, and the few verbs on them."""
