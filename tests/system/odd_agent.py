"""An SNMPv1 agent of one chassis that answers what no good agent would: for what the simulator, on net-snmp's own library,
cannot be made to send. `mend` gets each list of (object, encoded value) before it is sent, and returns what is sent instead."""

import socket
import threading

INTEGER, OCTETS, NULL, OBJECT, SEQUENCE, COUNTER, TICKS, REPLY = 0x02, 0x04, 0x05, 0x06, 0x30, 0x41, 0x43, 0xA2
GET, NEXT, SET = 0xA0, 0xA1, 0xA3
ENTERPRISE = (1, 3, 6, 1, 4, 1, 2, 3, 51, 2)
ENTRY = ENTERPRISE + (22, 1, 6, 1, 1)  # powerRestartTable's rows: column, row
STATE = 4
NO_SUCH_NAME, GENERAL_ERROR = 2, 5


def encoded(tag, content):
    size = len(content)
    return bytes([tag]) + (bytes([size]) if size < 128 else bytes([0x82, size >> 8, size & 0xFF])) + content


def integer(value, tag=INTEGER):
    return encoded(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def object_name(numbers):
    content = bytes([numbers[0] * 40 + numbers[1]])
    for number in numbers[2:]:
        assert number < 128
        content += bytes([number])
    return encoded(OBJECT, content)


def parts(content):
    """(tag, content) of each element."""
    found, at = [], 0
    while at < len(content):
        tag, size, at = content[at], content[at + 1], at + 2
        if size & 0x80:
            octets, at = size & 0x7F, at + (size & 0x7F)
            size = int.from_bytes(content[at - octets:at], "big")
        found.append((tag, content[at:at + size]))
        at += size
    return found


class OddAgent:
    """Bay 3 is node1, bay 5 node2; both read off, so that whatever is believed wrongly is a false success."""

    def __init__(self, mend):
        self.mend = mend
        self.objects = {(1, 3, 6, 1, 2, 1, 1, 1, 0): encoded(OCTETS, b"BladeCenter Advanced Management Module"),
                        ENTERPRISE + (22, 4, 38, 0): integer(97)}
        for row, name in ((3, b"node1"), (5, b"node2")):
            for column, value in ((2, integer(row)), (3, integer(1)), (STATE, integer(0)), (5, integer(1)), (6, encoded(OCTETS, name))):
                self.objects[ENTRY + (column, row)] = value
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            packet, sender = self.socket.recvfrom(65536)
            self.socket.sendto(self.reply(packet), sender)

    def reply(self, packet):
        (_, message), = parts(packet)
        version, community, (kind, body) = parts(message)
        identifier, _, _, (_, bindings) = parts(body)
        asked = []
        for _, binding in parts(bindings):
            (_, name), _ = parts(binding)
            asked.append((name[0] // 40, name[0] % 40, *name[1:]))
        error, place, answers = self.answers(kind, asked)
        content = b"".join(encoded(SEQUENCE, object_name(name) + value) for name, value in answers)
        body = encoded(*identifier) + integer(error) + integer(place) + encoded(SEQUENCE, content)
        return encoded(SEQUENCE, encoded(*version) + encoded(*community) + encoded(REPLY, body))

    def answers(self, kind, asked):
        """(error status, error index, bindings)"""
        found = []
        for place, name in enumerate(asked, 1):
            if kind == SET:  # accepted, and not obeyed
                found.append((name, integer(0)))
                continue
            after = [known for known in sorted(self.objects) if known > name]
            right = (after[0] if after else None) if kind == NEXT else name
            if right not in self.objects:
                return NO_SUCH_NAME, place, [(name, encoded(NULL, b"")) for name in asked]
            found.append((right, self.objects[right]))
        mended = self.mend(kind, asked, found)
        return mended if isinstance(mended, tuple) else (0, 0, mended)
