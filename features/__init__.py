"""What was known about an entity, and when: the feature store.

Here belong the entities, views and services of Feast, all derived from the contracts of the dbt
feature tables, the point-in-time join, and the reading of training frames and of online values.
The computing of a feature belongs in dbt; the use of one belongs in `models`.
"""
