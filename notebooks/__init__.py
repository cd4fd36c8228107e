"""The reading room: pages for analysts and notebooks for data scientists. Imported by nobody."""
