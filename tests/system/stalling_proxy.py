"""Between a client of libvirt and libvirtd: forwards whole messages of libvirt's RPC, up to the n-th, and then no more."""

import os
import socket
import struct
import threading

KEEPALIVE = 0x6B656570  # the program number of libvirt's keep-alive messages, which come by the clock: not counted
MANNERS = {
    "stall": "connections stay open, and nothing comes through any more: a libvirtd that hangs",
    "close": "connections are closed, also new ones: a libvirtd that died",
    "blip": "connections are closed, new ones work: a libvirtd that was restarted",
}


def connect(address):
    if isinstance(address, tuple):
        return socket.create_connection(address)
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(address))
    return connection


def listen(address):
    if isinstance(address, tuple):
        return socket.create_server(address, backlog=64)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(address))
    os.chmod(address, 0o666)
    listener.listen(64)
    return listener


def read_exactly(connection, count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data


def read_message(connection):
    """Four bytes of length, which count themselves; then the number of the program."""
    head = read_exactly(connection, 4)
    return head + read_exactly(connection, struct.unpack(">I", head)[0] - 4)


class StallingProxy:
    """Addresses are paths of Unix sockets or (host, port). Forwards everything until arm()."""

    def __init__(self, address, upstream):
        self.upstream = upstream
        self.lock = threading.Lock()
        self.open = set()
        self.arm(None)
        self.listener = listen(address)
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, last, manner="stall"):
        """Counts from 0 on, and trips with the message `last`; never for None."""
        with self.lock:
            self.last, self.manner = last, manner
            self.seen, self.tripped = 0, last == 0
            self.released = threading.Event()  # of the connections that hang now

    def release(self):
        """Closes all connections: the client has gone, the server notices."""
        with self.lock:
            self.last = None
            self._close_all()
            self.released.set()

    def _accept(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with self.lock:
            refused = self.tripped and self.manner == "close"
        if refused:
            return client.close()
        try:
            server = connect(self.upstream)
        except OSError:
            return client.close()
        with self.lock:
            self.open |= {client, server}
            released = self.released
        for source, sink in ((client, server), (server, client)):
            threading.Thread(target=self._pump, args=(source, sink, released), daemon=True).start()
        return None

    def _pump(self, source, sink, released):
        try:
            while self._forward(read_message(source), sink, released):
                pass
        except OSError:  # ConnectionError, too
            pass
        with self.lock:
            stalled = self.tripped and self.manner == "stall" and not released.is_set()
        if stalled:
            released.wait()  # whoever goes, the other side does not learn it
        self._close(source, sink)

    def _forward(self, message, sink, released):
        """False when this connection is done."""
        counts = struct.unpack_from(">I", message, 4)[0] != KEEPALIVE
        with self.lock:
            if released.is_set() or (self.tripped and self.manner != "blip"):
                return False
            self.seen += counts
            trips = counts and self.seen == self.last
            self.tripped = self.tripped or trips
        sink.sendall(message)
        if trips and self.manner != "stall":
            with self.lock:
                self._close_all()
        return True

    def _close_all(self):
        for connection in self.open:
            try:
                connection.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads it
            except OSError:
                pass

    def _close(self, *connections):
        with self.lock:
            self.open -= set(connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            connection.close()
