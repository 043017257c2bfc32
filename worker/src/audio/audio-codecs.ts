/**
 * The decoders that ffmpeg may use, by its own names: what recordings in the accepted formats are made with. Without this
 * list ffmpeg decodes the first pictures of a video, and the cover of an mp3, while it only looks what is there: 240 MB of
 * memory for a picture of 23 KB, and all of its video code open to a stranger's file. Names that a build lacks do no harm.
 */
export const audioCodecs = [
  ...[
    'mp3float',
    'mp3',
    'mp2float',
    'mp2',
    'mp1float',
    'mp1',
    'aac',
    'aac_latm',
    'ac3',
    'eac3',
    'dca',
    'truehd',
    'mlp',
  ],
  ...['flac', 'alac', 'als', 'tta', 'wavpack', 'vorbis', 'libvorbis', 'opus', 'libopus', 'speex', 'libspeex'],
  ...[
    'amrnb',
    'amrwb',
    'libopencore_amrnb',
    'libopencore_amrwb',
    'gsm',
    'gsm_ms',
    'libgsm',
    'libgsm_ms',
    'ilbc',
    'qcelp',
  ],
  ...['evrc', 'g722', 'g723_1', 'g726', 'g726le', 'g729', 'truespeech', 'nellymoser', 'atrac3', 'atrac3plus'],
  ...['wmav1', 'wmav2', 'wmapro', 'wmalossless', 'wmavoice', 'qdm2', 'qdmc', 'mace3', 'mace6'],
  ...[
    'adpcm_ima_wav',
    'adpcm_ima_qt',
    'adpcm_ms',
    'adpcm_yamaha',
    'adpcm_swf',
    'pcm_alaw',
    'pcm_mulaw',
    'pcm_s8',
  ],
  ...['pcm_u8', 'pcm_s8_planar', 'pcm_bluray', 'pcm_dvd'],
  ...['s16', 'u16', 's24', 'u24', 's32', 'u32', 's64', 'f16', 'f24', 'f32', 'f64'].flatMap((sample) => [
    `pcm_${sample}le`,
    `pcm_${sample}be`,
    `pcm_${sample}le_planar`,
    `pcm_${sample}be_planar`,
  ]),
];
