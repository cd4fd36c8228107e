{# One row per balance of a statement and version of it: document_versions says what a version is. #}
{{ document_versions('statement_balances') }}
