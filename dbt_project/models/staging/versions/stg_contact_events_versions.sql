{# One row per contact with a customer and version of it: document_versions says what a version is. #}
{{ document_versions('contact_events') }}
