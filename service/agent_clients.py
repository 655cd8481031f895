"""Which clients are AI agents by the name they give themselves: they get Markdown where a browser gets HTML.

The table is meant to be read and mended; a name that is missing costs its client some markup and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping

AGENTS: Mapping[str, tuple[str, ...]] = {
    "Amazon": ("amzn-searchbot", "amzn-user", "bedrockbot"),
    "Anthropic": ("anthropic-ai", "claude-code", "claude-searchbot", "claude-user", "claudebot"),
    "Apple": ("applebot-extended",),
    "ByteDance": ("bytespider", "tiktokspider"),
    "Cohere": ("cohere-ai", "cohere-training-data-crawler"),
    "Common Crawl": ("ccbot",),
    "DuckDuckGo": ("duckassistbot",),
    "Google": ("gemini-deep-research", "google-agent", "google-cloudvertexbot", "google-notebooklm"),
    "Meta": ("meta-externalagent", "meta-externalfetcher"),
    "Mistral": ("mistralai-user",),
    "OpenAI": ("chatgpt-user", "codex", "gptbot", "oai-searchbot"),
    "Perplexity": ("perplexity-user", "perplexitybot"),
    "You.com": ("youbot",),
    "programs": ("aider", "cursor", "devin", "firecrawl", "modelcontextprotocol", "windsurf"),
}
"""Words of `User-Agent` headers, lower case, by who sends them. Search engines that send people are not among them."""

_WORDS = tuple(word for words in AGENTS.values() for word in words)


def is_agent(user_agent: str) -> bool:
    """Say whether a `User-Agent` header names an AI agent."""
    name = user_agent.casefold()
    return any(word in name for word in _WORDS)
