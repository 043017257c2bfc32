/** Take no room of their own: combining marks, format characters, skin tones, and what is joined to an emoji. */
const invisible = /\u200d\p{Extended_Pictographic}|[\p{Mn}\p{Me}\p{Cf}\p{Emoji_Modifier}]/gu;
/** Wide and full-width characters of UAX #11 (East Asian Width), as blocks, and emoji; a flag is two letters of one column. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|(?!\p{Regional_Indicator})\p{Emoji_Presentation}/gu;
const oneColumnEach = /^[ -\u02ff]*$/;

/** In columns: one for a letter, two for a Chinese, Japanese or Korean character or an emoji. */
export function displayWidth(text: string): number {
  if (oneColumnEach.test(text)) return text.length;
  const visible = text.replace(invisible, '');
  let characters = 0;
  for (const _ of visible) characters += 1;
  return characters + (visible.match(wide)?.length ?? 0);
}
