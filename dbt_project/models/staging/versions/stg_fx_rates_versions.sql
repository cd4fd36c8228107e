{# One row per exchange rate and version of it: document_versions says what a version is. #}
{{ document_versions('fx_rates') }}
