/**
 * Articles, conjunctions and prepositions lean on what follows: a line is broken before them, not after (Netflix, Timed Text
 * Style Guide, "Line treatment"). By language; others are broken by punctuation and pauses alone.
 */
const leaningWords: Record<string, ReadonlySet<string>> = Object.fromEntries(
  Object.entries({
    en:
      'a an the and or but nor so yet because that which who whose when where while if as than though although unless ' +
      'until of in on at to for with from by into onto about over under between through after before without my your ' +
      'his her its our their this these those i we they he she not no very mr mrs ms dr',
    es:
      'un una unos unas el la los las lo y e o u ni pero sino porque que cual quien cuando donde mientras si como aunque ' +
      'de del en a al para por con sin sobre entre hasta desde hacia según mi tu su nuestro nuestra sus este esta estos ' +
      'estas ese esa no muy se me te le les nos',
    de:
      'ein eine einen einem einer eines der die das den dem des und oder aber denn weil dass ob wenn als wie während ' +
      'obwohl in im an am auf zu zum zur für mit von vom aus bei beim nach über unter zwischen durch gegen ohne um vor ' +
      'mein dein sein ihr unser nicht sehr ich wir er sie',
    fr:
      "un une des le la les l' et ou mais donc car que qui dont où quand si comme lorsque puisque quoique de du d' en à " +
      'au aux pour par avec sans sur sous entre dans chez vers depuis mon ma mes ton ta tes son sa ses notre votre leur ' +
      'ce cette ces ne très je tu il elle nous vous ils elles on',
    it:
      'un uno una il lo la i gli le e ed o ma perché che chi cui quando dove mentre se come benché di del dello della ' +
      'dei degli delle a al allo alla ai agli alle da dal dalla in nel nella con su sul sulla per tra fra mio tuo suo ' +
      'nostro questa questo non molto',
    pt:
      'um uma uns umas o a os as e ou mas porque que quem quando onde enquanto se como embora de do da dos das em no na ' +
      'nos nas ao à aos às para por pelo pela com sem sobre entre até desde meu minha seu sua nosso este esta esse essa ' +
      'não muito eu nós ele ela',
  }).map(([language, words]) => [language, new Set(words.split(' '))]),
);

const none: ReadonlySet<string> = new Set();

export function leaningWordsOf(language: string): ReadonlySet<string> {
  return leaningWords[language] ?? none;
}
