"""Records of bytes: TensorFlow's record files, LevelDB's log blocks, and protocol buffers, by their wire formats."""

from __future__ import annotations

import struct
from collections.abc import Iterator

BLOCK = 1 << 15  # bytes of a block of LevelDB's log
LARGEST = 1 << 28  # bytes of a record
HEADER = 12  # bytes before the data of a record in a TFRecord file
MASK = 0xA282EAD8


def tf_records(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The records of a TFRecord file: length, its check sum, data, its check sum; a torn end is left out.

    Source: tensorflow/core/lib/io/record_writer.cc
    """
    parts: list[bytes] = []
    size, wanted = 0, HEADER
    lengths: dict[int, int] = {}  # each length's check sum
    for more in blocks:
        parts.append(more)
        size += len(more)
        if size < wanted:
            continue
        buffer, at = b"".join(parts), 0
        while len(buffer) - at >= HEADER:
            length, check = struct.unpack_from("<QI", buffer, at)
            if length not in lengths:
                lengths[length] = masked_crc(struct.pack("<Q", length))
            if check != lengths[length] or length > LARGEST:
                return
            wanted = HEADER + length + 4
            if len(buffer) - at < wanted:
                break
            yield buffer[at + HEADER : at + HEADER + length]
            at += wanted
            wanted = HEADER
        parts = [buffer[at:]]
        size = len(parts[0])


def leveldb_records(blocks: Iterator[bytes], skipped: int) -> Iterator[bytes]:
    """The records of a LevelDB log after `skipped` bytes: in blocks of 32 KiB, whole or in parts; torn ends left out.

    Source: leveldb/doc/log_format.md
    """
    buffer = b""
    parts: list[bytes] = []
    for more in blocks:
        buffer += more
        whole = len(buffer) // BLOCK * BLOCK
        if whole and len(buffer) > whole:  # the last block waits for what follows it
            yield from _parts(buffer[:whole], skipped, parts)
            buffer, skipped = buffer[whole:], 0
    for start in range(0, len(buffer), BLOCK):
        yield from _parts(buffer[start : start + BLOCK], skipped, parts)
        skipped = 0


def _parts(content: bytes, skipped: int, parts: list[bytes]) -> Iterator[bytes]:
    for start in range(0, len(content), BLOCK):
        block = content[start : start + BLOCK]
        at = skipped if not start else 0
        while at + 7 <= len(block):
            length, kind = struct.unpack_from("<HB", block, at + 4)
            data = block[at + 7 : at + 7 + length]
            at += 7 + length
            if not 1 <= kind <= 4 or len(data) < length:
                parts.clear()
                break
            if kind in (1, 2):
                parts.clear()
            parts.append(data)
            if kind in (1, 4):
                yield b"".join(parts)
                parts.clear()


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protocol buffer: number and value, an integer or the bytes; `ValueError` if it is none."""
    at, end = 0, len(message)
    while at < end:
        key, at = _varint(message, at)
        kind = key & 7
        value: int | bytes
        if kind == 0:
            value, at = _varint(message, at)
        elif kind == 2:
            length, at = _varint(message, at)
            value, at = message[at : at + length], at + length
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
            value, at = message[at : at + length], at + length
        else:
            raise ValueError(f"wire type {kind}")
        if at > end:
            raise ValueError("torn")
        yield key >> 3, value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    result = shift = 0
    while True:
        if at >= len(message) or shift > 63:
            raise ValueError("torn")
        byte = message[at]
        at += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, at
        shift += 7


def _table() -> list[int]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


_CRC = _table()


def masked_crc(content: bytes) -> int:
    """The masked CRC-32C of some bytes, as TFRecord has it."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc = (crc >> 8) ^ _CRC[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + MASK) & 0xFFFFFFFF
