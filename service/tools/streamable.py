"""The SDK's side of `/mcp`."""

from __future__ import annotations

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings

from service.state import Application
from service.tools.server import build_server


def session_manager(application: Application) -> StreamableHTTPSessionManager:
    """Make what handles the requests."""
    return StreamableHTTPSessionManager(
        build_server(application),
        json_response=True,
        stateless=True,
        # Host and Origin are checked before, by rules that the other addresses share.
        security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        max_request_body_size=application.settings.max_body_bytes,
    )
