import type { HostileFile } from './hostile-file.ts';

/** Where lists point: at a file of another user, by its whole path and by one from the work folder, and at a server. */
export interface Bait {
  path: string;
  relativePath: string;
  /** `host:port` */
  server: string;
}

/** Playlists and descriptions that make a player open something else (row 40): not one byte of it may be read. */
export function hostileLists({ path, relativePath, server }: Bait): HostileFile[] {
  const hls = (line: string, extra = '') =>
    `#EXTM3U\n#EXT-X-TARGETDURATION:10\n${extra}#EXTINF:10,\n${line}\n#EXT-X-ENDLIST\n`;
  const url = `http://${server}/a.wav`;
  const lists: Record<string, string> = {
    'ffconcat, a path': `ffconcat version 1.0\nfile '${path}'\n`,
    'ffconcat, a relative path': `ffconcat version 1.0\nfile '${relativePath}'\n`,
    'ffconcat, its own input': "ffconcat version 1.0\nfile 'input.bin'\nfile 'input.bin'\n",
    'ffconcat, http': `ffconcat version 1.0\nfile '${url}'\n`,
    'ffconcat, a device': "ffconcat version 1.0\nfile '/dev/zero'\n",
    'ffconcat behind a byte order mark': `\ufeffffconcat version 1.0\nfile '${path}'\n`,
    'HLS, a file address': hls(`file://${path}`),
    'HLS, a relative path': hls(relativePath),
    'HLS, http': hls(url),
    'HLS, a key from http': hls(relativePath, `#EXT-X-KEY:METHOD=AES-128,URI="${url}"\n`),
    'HLS, crypto over a file': hls(`crypto+file://${path}`),
    'HLS, concat of a file and http': hls(`concat:${path}|${url}`),
    'HLS, an init section': hls(relativePath, `#EXT-X-MAP:URI="file://${path}"\n`),
    'HLS, a master list': `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${url}\n`,
    'an m3u': `#EXTM3U\n${url}\n${path}\n`,
    DASH: `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><BaseURL>${url}</BaseURL><Period><AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>file://${path}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
    SDP: `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio ${server.split(':')[1]} RTP/AVP 0\n`,
    ASX: `<asx version="3.0"><entry><ref href="${url}"/></entry></asx>`,
    PLS: `[playlist]\nFile1=${url}\nNumberOfEntries=1\nVersion=2\n`,
    XSPF: `<?xml version="1.0"?><playlist xmlns="http://xspf.org/ns/0/"><trackList><track><location>file://${path}</location></track></trackList></playlist>`,
    SMIL: `<smil><body><audio src="${url}"/></body></smil>`,
    'Smooth Streaming': `<SmoothStreamingMedia MajorVersion="2"><StreamIndex Type="audio" Url="${url}"/></SmoothStreamingMedia>`,
    'the text of a protocol: subfile': `subfile,,start,0,end,0,,:${path}`,
    'the text of a protocol: concat': `concat:${path}|${path}`,
    'an RTSP redirection': `RTSPtext\nrtsp://${server}/a\n`,
    'a Real Media list': `rtsp://${server}/a.rm\n${url}\n`,
    'a QuickTime reference in text': `<?xml version="1.0"?><?quicktime type="application/x-quicktime-media-link"?><embed src="${url}"/>`,
    'an XML entity': `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file://${path}">]><MPD>&b;</MPD>`,
    'subtitles with a path': `1\n00:00:01,000 --> 00:00:02,000\n${path}\n`,
    'a tile of ImageMagick': `push graphic-context\nimage over 0,0 0,0 'url(${url})'\npop graphic-context\n`,
  };
  return Object.entries(lists).map(([name, text]) => ({
    name,
    rows: [40],
    bytes: () => Buffer.from(text),
    ends: ['audio.unreadable'],
  }));
}
