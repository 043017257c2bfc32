/**
 * A WAV header that says whatever it is told to, true or not, and `data` behind it. 16 kHz mono in 16 bits where nothing is
 * said. RIFF (Microsoft, "Multimedia Programming Interface and Data Specifications 1.0").
 */
export function wavBytes(says: {
  channels?: number;
  rate?: number;
  bits?: number;
  format?: number;
  dataBytes?: number;
  data: Uint8Array;
}): Buffer {
  const { channels = 1, rate = 16_000, bits = 16, format = 1, data, dataBytes = data.length } = says;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE((36 + dataBytes) % 2 ** 32, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(format, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE((rate * channels * Math.ceil(bits / 8)) % 2 ** 32, 28);
  header.writeUInt16LE((channels * Math.ceil(bits / 8)) % 2 ** 16, 32);
  header.writeUInt16LE(bits, 34);
  header.write('data', 36);
  header.writeUInt32LE(dataBytes, 40);
  return Buffer.concat([header, data]);
}
