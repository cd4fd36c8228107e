"""ISO 20022 documents, as short as a test needs them."""

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"


def document(message_type: str, body: str) -> bytes:
    return f'<Document xmlns="{NAMESPACE}{message_type}">{body}</Document>'.encode()
