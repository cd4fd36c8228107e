{# One row per event of a payment and version of it: document_versions says what a version is. #}
{{ document_versions('payment_events') }}
