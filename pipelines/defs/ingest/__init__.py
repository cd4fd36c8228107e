"""From landing to bronze, with the contracts at the door."""
