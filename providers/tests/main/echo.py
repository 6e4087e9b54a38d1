# Tells as JSON what it was asked. Paths: /status/N, /big/N, /text, /redirect/STATUS?to=URL, /loop, /slow.
import http.server, json, sys, threading, urllib.parse

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        address = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qsl(address.query, keep_blank_values=True)
        parts = address.path.strip("/").split("/")
        status, kind, extra = 200, "application/json", []
        told = {
            "method": self.command, "path": address.path, "query": query, "body": body.decode("utf-8"),
            "headers": {name.lower(): value for name, value in self.headers.items()},
        }
        content = json.dumps(told).encode()
        if parts[0] == "status":
            status = int(parts[1])
        elif parts[0] == "big":
            content, kind = b"x" * int(parts[1]), "text/plain"
        elif parts[0] == "text":
            content, kind = b"caf\xe9 {", "text/plain"
        elif parts[0] == "redirect":
            status, extra = int(parts[1]), [("Location", dict(query)["to"])]
        elif parts[0] == "loop":
            status, extra = 302, [("Location", "/loop")]
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Twice", "one")
        self.send_header("X-Twice", "two")
        for name, value in extra:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
