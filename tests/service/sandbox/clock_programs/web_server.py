import http.server
import threading
import time
import urllib.error
import urllib.request


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.3)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever).start()
server.handle_error = lambda *args: None  # the client that could not wait is gone
address = f"http://127.0.0.1:{server.server_port}"
print(urllib.request.urlopen(address + "/one", timeout=2).read())
try:
    urllib.request.urlopen(address + "/two", timeout=0.1)
except (TimeoutError, urllib.error.URLError):
    print("too slow")
time.sleep(2)
server.shutdown()
print("down")
