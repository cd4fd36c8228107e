"""What was known about an entity, and when: the feature store."""
