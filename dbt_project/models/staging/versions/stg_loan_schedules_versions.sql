{# One row per loan instalment and version of it: document_versions says what a version is. #}
{{ document_versions('loan_schedules') }}
