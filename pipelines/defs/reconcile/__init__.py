"""Who settles whom, and the laws that must hold."""
