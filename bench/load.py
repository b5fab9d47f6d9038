"""load.py - many HTTP requests over a number of connections, and what they cost a server.

Requests are made of bytes before the clock starts. The client's own CPU is not counted;
its time is, so requests per second are a lower bound.
"""
import asyncio
import base64
import collections
import json
import sys
import time

import bench
from client import sign


def request(method, path, headers=None, body=None):
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body is not None:
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + (body or b"")


def basic(name, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def inbound(store, items):
    """A signed request for each item, as a network's webhook sends it."""
    made, now = [], time.time()
    for item in items:
        body = json.dumps(item, ensure_ascii=False).encode()
        headers = sign(store.secret, item["external_id"], now, body)
        made.append(request("POST", f"/api/v1/channels/{store.channel}/inbound", headers, body))
    return made


async def _answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    status = int(head.split(b" ", 2)[1])
    if b"\r\ncontent-length:" in lower:
        size = int(lower.split(b"\r\ncontent-length:", 1)[1].split(b"\r\n", 1)[0])
        body = await reader.readexactly(size)
    elif b"transfer-encoding: chunked" in lower:
        body = await reader.readuntil(b"\r\n0\r\n\r\n")
    else:
        body = await reader.read()
    return status, body, b"connection: close" in lower or lower.startswith(b"http/1.0")


async def _connection(port, queue, statuses):
    writer = None
    while queue:
        next_one = queue.popleft()
        if not writer:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
        writer.write(next_one)
        status, _, ends = await _answer(reader)
        statuses[status] += 1
        if ends:
            writer.close()
            writer = None
    if writer:
        writer.close()


def send(port, requests, connections):
    """Seconds that it took. Answers other than 2xx end the benchmark."""
    statuses, queue = collections.Counter(), collections.deque(requests)

    async def all_of_them():
        await asyncio.gather(*[_connection(port, queue, statuses) for _ in range(connections)])
    begun = time.monotonic()
    asyncio.run(all_of_them())
    if any(not 200 <= status < 300 for status in statuses):
        raise SystemExit(f"the server on port {port} answered {dict(statuses)}")
    return time.monotonic() - begun


def cost(server, port, requests, connections=1):
    """CPU of all processes of the server in microseconds a request, and requests a second."""
    send(port, requests[:max(1, len(requests) // 20)], connections)
    rest = requests[max(1, len(requests) // 20):]
    begun = bench.cpu_seconds(server.pid)
    seconds = send(port, rest, connections)
    return (bench.cpu_seconds(server.pid) - begun) / len(rest) * 1e6, len(rest) / seconds


def get(port, path, headers=None):
    """One answer's JSON."""
    async def one():
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
        writer.write(request("GET", path, headers))
        status, body, _ = await _answer(reader)
        writer.close()
        if status != 200:
            raise SystemExit(f"{path}: {status} {body[:300]}")
        return body
    return asyncio.run(one())


def serve(store, program=bench.DRAHT, environment=None):
    """`draht serve` on a free port, with no limit that a benchmark would meet."""
    port = bench.free_port()
    process = bench.start([program, "serve", "--listen", f"127.0.0.1:{port}", *store.where],
                          stdout=sys.stderr.fileno() if bench.SMALL else bench.subprocess.DEVNULL,
                          stderr=bench.subprocess.DEVNULL, env=dict(bench.os.environ, **(environment or {})))
    bench.wait_for_port(port, process)
    return process, port


def counters(port, token):
    """The server's own counts, by name."""
    found = {}
    for line in get(port, "/metrics", {"Authorization": "Bearer " + token}).decode().splitlines():
        if not line.startswith("#") and " " in line and "{" not in line:
            name, value = line.rsplit(" ", 1)
            found[name] = float(value)
    return found
