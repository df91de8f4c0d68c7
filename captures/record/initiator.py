#!/usr/bin/env python3
"""A small iSCSI initiator for what the packaged ones do not do: data digests, several R2Ts of one
command at a time, several connections in a session, any CDB, markers of its own in the data.

    initiator.py HOST TARGET LUN [--connections N] [--name NAME] [KEY=VALUE ...] -- STEP ...

KEY=VALUE replaces or adds an operational key that the login offers (RFC 7143, section 13).
Steps, taken one after the other; a leading + does not wait for the answer (see `wait`):

    read:LBA:BLOCKS  write:LBA:BLOCKS     READ(10), WRITE(10) of 512-byte blocks
    in:BYTES:CDB  out:BYTES:CDB  none:CDB  any CDB in hex, padded to 16 bytes
    nop[:BYTES]  abort  lunreset           NOP-Out with ping data, ABORT TASK of the latest, LUN RESET
    text:KEY=VALUE                         a Text Request
    wait  sleep:SECONDS  drop              for all answers; whatever comes meanwhile; leave without logout

Answers are told on standard output. Not a general initiator: no error recovery, data is solicited
by R2T or immediate, never unsolicited.
"""
import select
import socket
import struct
import sys
import time

NOP_OUT, SCSI, TASK, LOGIN, TEXT, DATA_OUT, LOGOUT = 0, 1, 2, 3, 4, 5, 6
NOP_IN, SCSI_RSP, TASK_RSP, LOGIN_RSP, TEXT_RSP, DATA_IN, LOGOUT_RSP, R2T, REJECT = (
    0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x31, 0x3F)
NONE = 0xFFFFFFFF


def crc_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


CRC = crc_table()


def crc32c(data):
    value = NONE
    for byte in data:
        value = value >> 8 ^ CRC[(value ^ byte) & 0xFF]
    return struct.pack('<I', value ^ NONE)


def padded(data):
    return data + bytes(-len(data) % 4)


class Connection:
    """One TCP connection: PDUs out, PDUs in, digests once they are agreed."""

    def __init__(self, host, cid):
        self.cid = cid
        self.sock = socket.create_connection((host, 3260), 20)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.header_digest = self.data_digest = False
        self.exp_stat_sn = 0

    def send(self, header, data=b''):
        pdu = header + (crc32c(header) if self.header_digest else b'') + padded(data)
        if data and self.data_digest:
            pdu += crc32c(padded(data))
        self.sock.sendall(pdu)

    def exactly(self, count):
        parts = bytearray()
        while len(parts) < count:
            part = self.sock.recv(count - len(parts))
            if not part:
                raise SystemExit('the target closed the connection')
            parts += part
        return bytes(parts)

    def receive(self):
        header = self.exactly(48)
        if self.header_digest and self.exactly(4) != crc32c(header):
            print('bad header digest')
        length = int.from_bytes(header[5:8], 'big')
        data = self.exactly(length + -length % 4)
        if length and self.data_digest and self.exactly(4) != crc32c(data):
            print('bad data digest')
        opcode = header[0] & 0x3F
        # A Data-In without status has no StatSN; an R2T and an unsolicited NOP-In show the next one.
        counts = opcode not in (R2T, DATA_IN, NOP_IN) or (opcode == DATA_IN and header[1] & 1)
        if counts or (opcode == NOP_IN and header[16:20] != b'\xff\xff\xff\xff'):
            self.exp_stat_sn = int.from_bytes(header[24:28], 'big') + 1 & NONE
        return opcode, header, data[:length]


class Session:
    """ISID, TSIH, CmdSN and the tasks without an answer, on one or more connections."""

    def __init__(self, host, target, lun, name, offers):
        self.host, self.target, self.name, self.offers = host, target, name, offers
        self.lun = struct.pack('>H6x', lun)
        self.isid = b'\x80\x12\x34\x56\x00\x01'
        self.tsih = 0
        self.cmd_sn, self.max_cmd_sn, self.itt = 1, 1, 0
        self.connections, self.tasks, self.agreed = [], {}, {}

    def connect(self):
        connection = Connection(self.host, len(self.connections))
        keys = [('InitiatorName', self.name), ('SessionType', 'Normal'), ('TargetName', self.target)]
        text = b''.join(f'{k}={v}\0'.encode() for k, v in keys + list(self.offers.items()))
        # T bit, from LoginOperationalNegotiation (1) to FullFeaturePhase (3): nobody asks who we are.
        header = struct.pack('>BBBB', 0x40 | LOGIN, 0x87, 0, 0) + struct.pack('>I', len(text))
        header += self.isid + struct.pack('>HI', self.tsih, self.next_itt())
        header += struct.pack('>HHII16x', connection.cid, 0, self.cmd_sn, connection.exp_stat_sn)
        connection.send(header, text)
        opcode, header, data = connection.receive()
        if opcode != LOGIN_RSP or header[36]:
            raise SystemExit(f'login failed: opcode {opcode:#x}, status {header[36:38].hex()}')
        self.tsih = int.from_bytes(header[14:16], 'big')
        self.agreed.update(pair.split('=', 1) for pair in data.decode().split('\0') if pair)
        connection.header_digest = self.agreed.get('HeaderDigest') == 'CRC32C'
        connection.data_digest = self.agreed.get('DataDigest') == 'CRC32C'
        self.max_cmd_sn = int.from_bytes(header[32:36], 'big')
        self.connections.append(connection)
        print('login', connection.cid, dict(self.agreed))

    def next_itt(self):
        self.itt += 1
        return self.itt

    def request(self, opcode, flags, middle, last, data=b'', immediate=False, lun=None, out=None):
        """Sends one request; `middle` is bytes 20 to 23, `last` bytes 32 to 47."""
        while not immediate and (self.cmd_sn - self.max_cmd_sn & NONE) - 1 < 0x7FFFFFFF:
            self.pump() # the command window is closed
        itt = self.next_itt()
        connection = self.connections[itt % len(self.connections)]
        header = struct.pack('>BB2xI', opcode | (0x40 if immediate else 0), flags, len(data))
        header += (self.lun if lun is None else lun) + struct.pack('>I', itt) + middle
        header += struct.pack('>II', self.cmd_sn, connection.exp_stat_sn) + last
        if not immediate:
            self.cmd_sn = self.cmd_sn + 1 & NONE
        self.tasks[itt] = out
        connection.send(header, data)
        return itt

    def command(self, cdb, read=0, write=b''):
        flags = 0x80 | (0x40 if read else 0) | (0x20 if write else 0) | 1
        limit = int(self.agreed.get('FirstBurstLength', 65536))
        immediate = write[:min(limit, 8192)] if self.agreed.get('ImmediateData') == 'Yes' else b''
        expected = struct.pack('>I', read or len(write))
        self.request(SCSI, flags, expected, cdb.ljust(16, b'\0'), immediate, out=write)

    def pump(self, seconds=20.0):
        """Takes what came within that time, one PDU at most from each connection."""
        ready = select.select([c.sock for c in self.connections], [], [], seconds)[0]
        if not ready and seconds >= 20:
            raise SystemExit('no answer for 20 seconds')
        for connection in self.connections:
            if connection.sock in ready:
                self.take(connection, *connection.receive())

    def take(self, connection, opcode, header, data):
        itt = int.from_bytes(header[16:20], 'big')
        self.max_cmd_sn = int.from_bytes(header[32:36], 'big')
        if opcode == R2T:
            self.data_out(connection, header)
        elif opcode == NOP_IN and itt == NONE:
            if header[20:24] != b'\xff\xff\xff\xff': # the target asks: answer, with its tag
                answer = struct.pack('>BB2xI', 0x40 | NOP_OUT, 0x80, len(data)) + header[8:16]
                answer += b'\xff\xff\xff\xff' + header[20:24]
                connection.send(answer + struct.pack('>II16x', self.cmd_sn, connection.exp_stat_sn), data)
        elif opcode == DATA_IN and not header[1] & 1:
            pass # more is to come
        else:
            self.tasks.pop(itt, None)
            print(f'{opcode:#04x}', 'tag', itt, 'response', header[2], 'status', header[3],
                  data[:32].hex() if opcode != DATA_IN else f'{len(data)} bytes')

    def data_out(self, connection, header):
        offset, length = struct.unpack('>II', header[40:48])
        itt = int.from_bytes(header[16:20], 'big')
        piece = int(self.agreed.get('MaxRecvDataSegmentLength', 8192))
        for sn, start in enumerate(range(offset, offset + length, piece)):
            end = min(start + piece, offset + length)
            out = struct.pack('>BB2xI', DATA_OUT, 0x80 if end == offset + length else 0, end - start)
            out += header[8:24] + struct.pack('>4xI4xII4x', connection.exp_stat_sn, sn, start)
            connection.send(out, self.tasks[itt][start:end])

    def wait(self):
        while self.tasks:
            self.pump()

    def logout(self):
        self.wait()
        self.request(LOGOUT, 0x80, bytes(4), bytes(16), lun=bytes(8))
        self.wait()


def step(session, words):
    verb, *rest = words.split(':')
    if verb in ('read', 'write'):
        lba, blocks = map(int, rest)
        cdb = struct.pack('>BBIBHB', 0x28 if verb == 'read' else 0x2A, 0, lba, 0, blocks, 0)
        if verb == 'read':
            session.command(cdb, read=blocks * 512)
        else:
            session.command(cdb, write=(b'sanscope' * 64) * blocks)
    elif verb in ('in', 'out', 'none'):
        count = int(rest[0]) if verb != 'none' else 0
        session.command(bytes.fromhex(rest[-1]), read=count * (verb == 'in'), write=bytes(count * (verb == 'out')))
    elif verb == 'nop':
        session.request(NOP_OUT, 0x80, b'\xff' * 4, bytes(16), b'ping' * (int(rest[0]) // 4 if rest else 0), lun=bytes(8))
    elif verb in ('abort', 'lunreset'):
        # Bytes 20 to 23 name the task, bytes 32 to 35 its CmdSN.
        flags, tag = (0x81, session.itt) if verb == 'abort' else (0x85, NONE)
        ref = struct.pack('>I12x', session.cmd_sn - 1 & NONE)
        session.request(TASK, flags, struct.pack('>I', tag), ref, immediate=True)
    elif verb == 'text':
        session.request(TEXT, 0x80, b'\xff' * 4, bytes(16), ':'.join(rest).encode() + b'\0', lun=bytes(8))
    elif verb == 'sleep':
        end = time.monotonic() + float(rest[0])
        while time.monotonic() < end:
            session.pump(min(1.0, max(0.0, end - time.monotonic())))
    elif verb == 'drop':
        raise SystemExit('dropped')
    elif verb != 'wait':
        raise SystemExit(f'unknown step {words}')


def main(arguments):
    steps = arguments[arguments.index('--') + 1:]
    host, target, lun, *options = arguments[:arguments.index('--')]
    offers = {
        'HeaderDigest': 'None', 'DataDigest': 'None', 'MaxConnections': '1', 'InitialR2T': 'Yes',
        'ImmediateData': 'No', 'MaxRecvDataSegmentLength': '65536', 'MaxBurstLength': '262144',
        'FirstBurstLength': '65536', 'DefaultTime2Wait': '2', 'DefaultTime2Retain': '0',
        'MaxOutstandingR2T': '1', 'DataPDUInOrder': 'Yes', 'DataSequenceInOrder': 'Yes',
        'ErrorRecoveryLevel': '0',
    }
    connections, name = 1, 'iqn.2024-01.org.example:small-initiator'
    while options:
        option = options.pop(0)
        if option == '--connections':
            connections = int(options.pop(0))
        elif option == '--name':
            name = options.pop(0)
        else:
            key, value = option.split('=', 1)
            offers[key] = value
    session = Session(host, target, int(lun), name, offers)
    for _ in range(connections):
        session.connect()
    for words in steps:
        step(session, words.removeprefix('+'))
        if not words.startswith('+'):
            session.wait()
    session.logout()


main(sys.argv[1:])
