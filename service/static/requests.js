/* Requests to the server, and their failures in words. */

export class RequestFailed extends Error {}

/** Fetch JSON; throws RequestFailed with a sentence to show, or AbortError when the reader stopped it. */
export async function request(address, options = {}) {
  let response;
  try {
    response = await fetch(address, { ...options, headers: { ...options.headers, accept: "application/json" } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new RequestFailed("The server could not be reached. Is it still running, and are you online?");
  }
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new RequestFailed(failureSentence(response, body));
  if (body === null) throw new RequestFailed("The server's reply could not be read.");
  return body;
}

function failureSentence(response, body) {
  const seconds = Number(response.headers.get("retry-after"));
  const again = seconds > 0 ? ` Try again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.` : " Try again in a moment.";
  if (response.status === 429) return `The server has more to do than it can take right now.${again}`;
  if (response.status === 503) return `The server cannot answer right now.${again}`;
  const detail = typeof body?.detail === "string" ? body.detail : body?.title;
  return detail ?? `The server answered with status ${response.status}.`;
}
