{# One row per claim and version of it: document_versions says what a version is. #}
{{ document_versions('claims') }}
