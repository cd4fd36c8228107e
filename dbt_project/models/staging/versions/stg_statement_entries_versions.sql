{# One row per movement on a bank account and version of it: document_versions says what a version is. #}
{{ document_versions('statement_entries') }}
