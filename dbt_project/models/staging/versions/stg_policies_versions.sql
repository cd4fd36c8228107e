{# One row per policy and version of it: document_versions says what a version is. #}
{{ document_versions('policies') }}
