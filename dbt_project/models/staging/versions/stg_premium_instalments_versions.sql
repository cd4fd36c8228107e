{# One row per premium instalment and version of it: document_versions says what a version is. #}
{{ document_versions('premium_instalments') }}
