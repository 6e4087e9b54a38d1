# A server that speaks as the documentation of Vault's KV engine, version 2, says: reading, with a token and a namespace.
# Its answers have the members that the documentation shows, and its refusals the status and `errors`.
import http.server, json, sys, threading, urllib.parse

TOKEN = "hvs.r00t"
SECRETS = {
    ("", "ci", "deploy/key one"): {"private_key": "line 1\nline 2\n", "port": 22, "nested": {"a": 1}, "none": None},
    ("team", "ci", "x"): {"y": "in the namespace"},
}

class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def say(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self):
        parts = [urllib.parse.unquote(part) for part in self.path.strip("/").split("/")]
        if parts[:2] == ["v1", "sealed"]:
            return self.say(503, {"errors": ["Vault is sealed"]})
        if self.headers.get("X-Vault-Token") != TOKEN:
            return self.say(403, {"errors": ["permission denied"]})
        if len(parts) < 4 or parts[0] != "v1" or parts[2] != "data":
            return self.say(404, {"errors": []})
        data = SECRETS.get((self.headers.get("X-Vault-Namespace", ""), parts[1], "/".join(parts[3:])))
        if data is None:
            return self.say(404, {"errors": []})
        metadata = {"created_time": "2026-01-01T00:00:00Z", "custom_metadata": None, "deletion_time": "",
                    "destroyed": False, "version": 1}
        self.say(200, {"request_id": "1", "lease_id": "", "renewable": False, "lease_duration": 0,
                       "data": {"data": data, "metadata": metadata}, "wrap_info": None, "warnings": None, "auth": None})

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
