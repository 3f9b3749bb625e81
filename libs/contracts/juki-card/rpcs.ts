/** Questions that this context answers to its neighbours. */
export const jukiCardProto = new URL('./proto/juki_card.proto', import.meta.url);
