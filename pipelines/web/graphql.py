"""GraphQL over HTTP as its specification has it: what changes something is never a GET."""

from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse
from starlette.datastructures import QueryParams
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_MOST_TOKENS = 10_000


class QueriesOnlyInAddresses:
    """An ASGI application whose GraphQL endpoint takes queries, but no mutation, by its address.

    Dagster's server executes a mutation that stands in the address of a GET, or of a POST whose
    body it does not understand. A link is enough to send either.
    """

    def __init__(self, app: ASGIApp, path: str = "/graphql") -> None:
        """Guard the endpoint at a path of an application."""
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a document in the address that does more than ask."""
        if scope["type"] == "http" and scope["path"].rstrip("/") == self._path:
            documents = QueryParams(scope["query_string"]).getlist("query")
            if not all(is_query_only(document) for document in documents):
                message = "A mutation is sent by POST, as JSON; an address only asks.\n"
                await PlainTextResponse(message, 405, {"Allow": "POST"})(scope, receive, send)
                return
        await self._app(scope, receive, send)


def is_query_only(document: str) -> bool:
    """Whether a GraphQL document holds queries only; one that cannot be read does not."""
    try:
        parsed = parse(document, no_location=True, max_tokens=_MOST_TOKENS)
    except (GraphQLError, RecursionError):
        return False
    operations = [one for one in parsed.definitions if isinstance(one, OperationDefinitionNode)]
    return all(one.operation is OperationType.QUERY for one in operations)
