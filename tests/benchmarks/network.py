"""A stand-in for a network: `python tests/benchmarks/network.py PORT MILLISECONDS`.

Listens on a free port, which it prints, and passes on what clients send to a server's port so
many milliseconds later.
"""

import asyncio
import sys


async def pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float
) -> None:
    """Pass the bytes of one direction on, until it closes."""
    try:
        while data := await reader.read(65536):
            if seconds:
                await asyncio.sleep(seconds)
            writer.write(data)
    finally:
        writer.close()


async def main(port: int, seconds: float) -> None:
    """Serve until the process is ended."""

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(
            pass_on(reader, server_writer, seconds),
            pass_on(server_reader, writer, 0),
            return_exceptions=True,
        )

    server = await asyncio.start_server(connect, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]) / 1000))
