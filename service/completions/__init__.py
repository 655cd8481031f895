"""The notes as a model that chat programs can talk to: the wire form of OpenAI's chat completions, and its errors."""
