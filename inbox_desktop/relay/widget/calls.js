// The relay's HTTP interface for visitors: every answer is a result, a Refusal (it said no) or Unreachable.

class Refusal extends Error {
  constructor(status, code, retryAfter) {
    super(`the relay refused: ${status} ${code}`);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter; // seconds, for 429
  }
}

class Unreachable extends Error {}

const CALL_TIMEOUT = 20000;

class Calls {
  constructor(base) {
    this.base = base; // https://relay/chat/CHAT_ID/
  }

  address(path) {
    return new URL(path, this.base).href;
  }

  socketUrl() {
    return this.address("socket").replace(/^http/, "ws");
  }

  async ask(method, path, { token = null, body = null, timeout = CALL_TIMEOUT, signal = null } = {}) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), timeout);
    if (signal) signal.addEventListener("abort", () => stop.abort());
    try {
      const response = await fetch(this.address(path), {
        method,
        headers: headersFor(token, body === null ? null : "application/json"),
        body: body === null ? null : JSON.stringify(body),
        credentials: "omit",
        cache: "no-store",
        signal: stop.signal,
      });
      const text = await response.text();
      return answerOf(response.status, text, response.headers.get("Retry-After"));
    } catch (error) {
      if (error instanceof Refusal || error instanceof Unreachable) throw error;
      throw new Unreachable(String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  // Uploads one file; fetch can't tell how far an upload is, XMLHttpRequest can. progress(0..1).
  upload(path, token, file, progress, signal) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("PUT", this.address(path));
      const headers = headersFor(token, file.type || "application/octet-stream");
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) progress(event.loaded / event.total);
      };
      request.onload = () => {
        try {
          resolve(answerOf(request.status, request.responseText, request.getResponseHeader("Retry-After")));
        } catch (error) {
          reject(error);
        }
      };
      request.onerror = () => reject(new Unreachable("the upload broke off"));
      request.onabort = request.onerror;
      signal.addEventListener("abort", () => request.abort());
      request.send(file);
    });
  }

  // The page goes away: plain text, because a beacon may not ask for permission first (CORS preflight).
  beacon(path, body) {
    if (navigator.sendBeacon) navigator.sendBeacon(this.address(path), JSON.stringify(body));
  }
}

function headersFor(token, contentType) {
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (contentType) headers["Content-Type"] = contentType;
  return headers;
}

function answerOf(status, text, retryAfter) {
  let data = null;
  try {
    data = text ? JSON.parse(text) : null;
  } catch {
    throw new Unreachable("the answer is not the relay's"); // a captive portal, a proxy's error page
  }
  if (status >= 200 && status < 300) return data;
  if (status === 0 || status >= 500 || status === 408) throw new Unreachable(`status ${status}`);
  throw new Refusal(status, (data && data.error) || "", Math.min(Number(retryAfter) || 5, 600));
}
