#!/usr/bin/env python3
"""lenient.py - the control of T-17 and T-19: a server that waits for ever and takes anything.

It believes the first length it finds, takes a lone line feed for the end of a line, answers
what follows a request as the next one, and breaks on what it does not understand. Prints the
port on which it listens.
"""
import re
import socketserver


class Lenient(socketserver.StreamRequestHandler):
    def handle(self):
        while True:
            head = b""
            while not head.endswith((b"\n\n", b"\r\n\r\n")):
                line = self.rfile.readline()
                if not line:
                    return
                head += line
            length = re.search(rb"(?i)content-length[: ]+(\d+)", head)
            self.rfile.read(int(length[1]) if length and len(length[1]) < 6 else 0)
            ok = re.match(rb"[A-Z]+ /", head)
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" if ok else
                             b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Lenient)
    print(server.server_address[1], flush=True)
    server.serve_forever()
