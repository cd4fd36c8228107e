{# One row per movement on a claim and version of it: document_versions says what a version is. #}
{{ document_versions('claim_transactions') }}
