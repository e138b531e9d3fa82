"""HTTP as bytes: clients normalise what attackers don't, so requests are written, and only answers are parsed."""

import base64
import gzip
import http.client
import socket
import urllib.parse
import zlib
from dataclasses import dataclass, field


@dataclass
class Answer:
    status: int  # 0: the connection was closed or timed out without an answer
    text: str = ""

    @property
    def kind(self):
        """What a difference is told by: ok, 401, 403, or bad for everything else, since releases disagree on 400, 404 and 500."""
        return "ok" if 0 < self.status < 400 else str(self.status) if self.status in (401, 403) else "bad"


@dataclass
class Call:
    method: str
    path: str  # with the query, as it is on the wire
    headers: list = field(default_factory=list)
    body: bytes | None = None
    chunked: bool = False

    def with_user(self, user):
        return [*self.headers, ("Authorization", "Basic " + base64.b64encode(user.encode()).decode())] if user else self.headers

    def said(self):
        """The path and body as text, decoded in every way that somebody might."""
        body = self.body or b""
        for encoding in ("gzip", "deflate"):
            body += decoded(self.body or b"", encoding)
        once = urllib.parse.unquote(self.path)
        return "\n".join([self.path, once, urllib.parse.unquote(once), body.replace(b"\0", b"").decode("utf-8", "replace")])

    def raw(self, host, user=""):
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}", *(f"{k}: {v}" for k, v in self.with_user(user))]
        if self.chunked:
            lines.append("Transfer-Encoding: chunked")
        elif self.body is not None:
            lines.append(f"Content-Length: {len(self.body)}")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        if not self.chunked:
            return head + (self.body or b"")
        return head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(self.body), self.body) if self.body else head + b"0\r\n\r\n"


class Server:
    """One server and the connection that is kept to it."""

    def __init__(self, port):
        self.port, self.host, self.socket = port, f"127.0.0.1:{port}", None

    def send(self, call, user="", timeout=15):
        raw = call.raw(self.host, user)
        for fresh in (False, True):
            if fresh or self.socket is None:
                self.close()
                self.socket = socket.create_connection(("127.0.0.1", self.port), timeout)
            try:
                self.socket.sendall(raw)
            except OSError:
                if fresh:
                    break
                continue
            answer = self.receive(call.method)
            if answer.status or fresh:
                return answer
        return Answer(0)

    def receive(self, method):
        response = http.client.HTTPResponse(self.socket, method=method)
        try:
            response.begin()
            body = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return Answer(0)
        if response.will_close or response.status >= 400:
            self.close()  # a server may still be reading what it refused
        headers = "\n".join(f"{k}: {v}" for k, v in response.getheaders())
        return Answer(response.status, headers + "\n\n" + decoded(body, response.getheader("Content-Encoding", "")).decode("utf-8", "replace"))

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = None


def decoded(body, encoding):
    try:
        return {"gzip": gzip.decompress, "deflate": zlib.decompress}.get(encoding, bytes)(body)
    except (OSError, zlib.error, EOFError):
        return body
